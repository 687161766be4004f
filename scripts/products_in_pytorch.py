#!/usr/bin/env python3
"""Runs this project's own programs in Python's PyTorch, on a GPU where there is one.

The folder is what `scripts/bench gpu` exports: archives that torch.jit.load opens, with a
description beside each. For every fixture, the products in float64 and float32 are compared with the
recorded ones. For every network of the benchmark, the products in float32, TF32 and bfloat16
(autocast) are compared with those in float64 on the same device, and timed as multiples of the
forward pass. Prints one JSON document.
"""
import argparse
import contextlib
import json
import math
import pathlib
import struct
import sys
import time

import torch

TYPES = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64}


def read_safetensors(path):
    data = bytearray(path.read_bytes())
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] in TYPES:
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            if begin == end:
                continue
            flat = torch.frombuffer(data[begin:end], dtype=TYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


def relative(actual, expected):
    difference = (actual.double() - expected.double()).norm()
    return float(difference / expected.double().norm())


class Point:
    """A network at its weights on a batch, in one floating-point type."""

    def __init__(self, module, w, c, x, v, u, labels):
        self.module, self.w, self.c, self.x = module, w, c, x
        self.v, self.u, self.labels = v, u, labels

    def products(self):
        # A list of products, each from nothing but the point, as the timing needs them.
        kept = self.module.record(self.w, self.c, self.x)
        total = torch.zeros_like(self.w)
        scale = torch.tensor(1.0 / self.u.shape[0], dtype=self.w.dtype, device=self.w.device)
        return {
            "forward": lambda: self.module.logits(self.w, self.c, self.x),
            "gradient": lambda: self.gradient(total, scale),
            "linearize": lambda: self.module.record(self.w, self.c, self.x),
            "Jv kept": lambda: self.module.jv(kept, self.c, self.x, self.v),
            "JTu kept": lambda: self.module.jtu(kept, self.u),
            "Gv kept": lambda: self.module.gv_euclidean(kept, self.c, self.x, self.v)[0],
            "Gv fresh": lambda: self.module.fresh_euclidean(self.w, self.c, self.x, self.v)[0],
            "Fv kept": lambda: self.module.gv_fisher(kept, self.c, self.x, self.v)[0],
        }

    def gradient(self, total, scale):
        total.zero_()
        self.module.gradient_cross_entropy(
            self.w, self.c, self.x, self.labels, scale, total
        )
        return total


def load(folder, device):
    module = torch.jit.load(str(folder / "program.pt"), map_location=device)
    return module, json.loads((folder / "program.json").read_text())


def fixture(folder, device):
    module, about = load(folder, device)
    source = pathlib.Path(about["folder"])
    weights = read_safetensors(source / "model.safetensors")
    reference = read_safetensors(source / "reference.safetensors")
    errors = {}
    for name, kind in (("float64", torch.float64), ("float32", torch.float32)):
        def flat(names):
            parts = [weights[n].reshape(-1) for n in names]
            return torch.cat(parts or [torch.zeros(0)]).to(device=device, dtype=kind)

        def given(key):
            value = reference[key].to(device)
            return value.to(kind) if value.is_floating_point() else value

        x = [given(entry["name"]) for entry in about["inputs"]]
        n = x[0].shape[0]
        point = Point(
            module, flat(about["order"]), flat(about["constantOrder"]), x,
            given("v"), given("u"), given("labels"),
        )
        results = point.products()
        expected = {
            "forward": reference["logits"], "gradient": reference["grad"],
            "Jv kept": reference["Jv"], "JTu kept": reference["JTu"],
            "Gv kept": reference["Gv"] * n, "Gv fresh": reference["Gv"] * n,
            "Fv kept": reference["Fv"] * n,
        }
        errors[name] = max(
            relative(results[key]().cpu(), value) for key, value in expected.items()
        )
    return errors


def synthetic(module, about, device):
    generator = torch.Generator().manual_seed(7)

    def initial(parameters):
        parts = [torch.zeros(0)]
        for p in parameters:
            if p["initial"] in ("ONE", "ZERO"):
                parts.append(torch.full((p["size"],), float(p["initial"] == "ONE")))
            else:
                bound = math.sqrt(p["rows"] / p["size"])
                parts.append(bound * (2 * torch.rand(p["size"], generator=generator) - 1))
        return torch.cat(parts)

    def values(entry):
        shape = [about["batch"]] + [about["sides"] if s < 0 else s for s in entry["shape"]]
        if entry["kind"] == "VALUES":
            return torch.rand(shape, generator=generator) - 0.5
        if entry["kind"] == "MASK":
            return torch.ones(shape, dtype=torch.int64)
        return torch.randint(0, entry["limit"], shape, generator=generator)

    w = initial(about["weights"])
    v = torch.rand(w.shape, generator=generator) - 0.5
    u = torch.rand((about["batch"], about["classes"]), generator=generator) - 0.5
    labels = torch.randint(0, about["classes"], (about["batch"],), generator=generator)
    arrays = [w, initial(about["constants"]), *map(values, about["inputs"]), v, u, labels]

    def point(kind):
        def move(array):
            moved = array.to(device)
            return moved.to(kind) if array.is_floating_point() else moved

        moved = [move(array) for array in arrays]
        return Point(module, moved[0], moved[1], moved[2:-3], *moved[-3:])

    return point


@contextlib.contextmanager
def mode(name, device):
    tf32 = name == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    if name == "bf16 autocast":
        with torch.autocast(device.type, dtype=torch.bfloat16):
            yield
    else:
        yield


def timed(products, device, rounds):
    times = {name: [] for name in products}
    for round_number in range(-2, rounds):
        for name, product in products.items():
            synchronize(device)
            start = time.perf_counter()
            product()
            synchronize(device)
            if round_number >= 0:
                times[name].append(time.perf_counter() - start)
    return {name: sorted(each)[len(each) // 2] for name, each in times.items()}


def case(folder, device, rounds):
    module, about = load(folder, device)
    point = synthetic(module, about, device)
    exact = {
        name: product().cpu() if name != "linearize" else None
        for name, product in point(torch.float64).products().items()
    }
    result = {"title": about["title"]}
    modes = ["float32", "bf16 autocast"]
    if device.type == "cuda":
        modes.insert(1, "tf32")
    for name in modes:
        try:
            with mode(name, device):
                products = point(torch.float32).products()
                errors = {
                    key: relative(product().cpu(), exact[key])
                    for key, product in products.items()
                    if exact[key] is not None
                }
                seconds = timed(products, device, rounds)
        except RuntimeError as failure:
            result[name] = {"failed": str(failure).strip().splitlines()[-1]}
            continue
        result[name] = {
            key: {
                "milliseconds": round(1000 * value, 3),
                "forwards": round(value / seconds["forward"], 2),
                "error": errors.get(key),
            }
            for key, value in seconds.items()
        }
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="what scripts/bench gpu exported")
    parser.add_argument("--device", default="cuda", help="cuda (default), cuda:1, cpu")
    parser.add_argument("--rounds", type=int, default=20, help="timed rounds; default 20")
    parser.add_argument("--only", default="", help="keys of networks, separated by commas")
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        sys.exit("this PyTorch sees no CUDA device; give --device cpu for a check without one")
    torch.set_num_threads(1 if device.type == "cpu" else torch.get_num_threads())
    torch._C._jit_set_profiling_executor(False)
    torch._C._set_graph_executor_optimize(False)
    only = [key for key in arguments.only.split(",") if key]
    result = {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "torch": torch.__version__,
        "fixtures": {},
        "networks": {},
    }
    for folder in sorted((arguments.folder / "fixtures").glob("*")):
        result["fixtures"][folder.name] = fixture(folder, device)
    for folder in sorted((arguments.folder / "cases").glob("*")):
        if not only or folder.name in only:
            result["networks"][folder.name] = case(folder, device, arguments.rounds)
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
