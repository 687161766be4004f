---
tags:
- functionally-invariant-path
---

# ${architecture}, ${place}

A network on a functionally invariant path: it was moved through weight space so that its outputs on
the kept examples stay what they were.

It comes from ${place} of `${store}`.
<#if interpolated>
Its weights are interpolated linearly; what was measured is that of the waypoint before.
</#if>

| | |
|---|---|
| architecture | ${architecture} |
| outputs | ${classes} |
| weights on the path | ${weights} |
| of these exactly zero | ${zeros} |
<#list measurements as row>
| ${row[0]} | ${row[1]} |
</#list>

## Evaluation

<#if evaluation?has_content>
<#if !evaluatedHere>
Measured at waypoint ${evaluatedAt}, the last one before this place that was evaluated.

</#if>
| data | accuracy at the start | accuracy | loss | examples |
|---|--:|--:|--:|--:|
<#list evaluation as row>
| ${row?join(" | ")} |
</#list>
<#else>
Nothing was evaluated on this path.
</#if>

## Provenance

| | |
|---|---|
<#list provenance as row>
| ${row[0]} | ${row[1]} |
</#list>

## Recipe

${fence}json
${recipe}
${fence}
