"""Writes images.json beside this script: how Pillow decodes and resizes small images.

Run with Python 3 and Pillow 12 when a case is added; the tests read the JSON only.
"""

import base64
import io
import json
import pathlib

from PIL import Image, __version__


def picture(channels, height, width):
    """A fixed image without symmetry, values 0 to 250, pixel after pixel."""
    values = bytes((i * i * 31 + i * 17) % 251 for i in range(channels * height * width))
    return Image.frombytes("L" if channels == 1 else "RGB", (width, height), values)


def planes(image):
    """Base64 of the bytes, channels first."""
    bands = image.split()
    return base64.b64encode(b"".join(band.tobytes() for band in bands)).decode()


def described(image):
    return {
        "shape": [len(image.getbands()), image.height, image.width],
        "pixels": planes(image),
    }


def encoded(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return base64.b64encode(out.getvalue()).decode()


def decoding():
    grey = picture(1, 5, 7)
    colour = picture(3, 5, 7)
    alpha = colour.copy()
    alpha.putalpha(grey)
    grey_alpha = grey.copy()
    grey_alpha.putalpha(grey)
    cases = {
        "grey": (grey, "L"),
        "colour": (colour, "RGB"),
        "colour with alpha": (alpha, "RGB"),
        "grey with alpha": (grey_alpha, "L"),
        "one bit": (grey.convert("1"), "L"),
        "palette": (colour.quantize(16), "RGB"),
        "grey palette": (grey.quantize(8), "L"),
    }
    return [
        {"name": name, "file": encoded(image, "PNG"), "tolerance": 0} | described(image.convert(mode))
        for name, (image, mode) in cases.items()
    ] + [jpeg("grey JPEG", smooth("L")), jpeg("colour JPEG", smooth("RGB"))]


def smooth(mode):
    """An image whose compression loses little, so that decoders may differ by rounding only."""
    grey = Image.linear_gradient("L").resize((24, 16), Image.Resampling.BILINEAR)
    if mode == "L":
        return grey
    turned = grey.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return Image.merge("RGB", (grey, turned, grey.point(lambda value: value // 2)))


def jpeg(name, image):
    file = encoded(image, "JPEG", quality=95, subsampling=0)
    decoded = Image.open(io.BytesIO(base64.b64decode(file)))
    return {"name": name, "file": file, "tolerance": 2} | described(decoded)


def resizing():
    cases = []
    for channels, height, width in ((1, 8, 8), (3, 6, 9), (1, 1, 5)):
        source = picture(channels, height, width)
        for target_height, target_width in ((16, 16), (3, 4), (6, 20), (12, 9), (6, 9), (1, 1)):
            for name, resample in (("nearest", 0), ("Lanczos", 1), ("bilinear", 2), ("bicubic", 3)):
                resized = source.resize((target_width, target_height), resample)
                cases.append({
                    "resample": resample,
                    "name": f"{name} {channels}x{height}x{width} to {target_height}x{target_width}",
                    "source": described(source),
                    "target": described(resized),
                })
    return cases


def shorter_edge(image, edge, resample):
    """The image with its shorter edge of that length, as get_resize_output_image_size has it."""
    longer = int(edge * max(image.size) / min(image.size))
    size = (edge, longer) if image.width <= image.height else (longer, edge)
    return image.resize(size, resample)


def center(image, height, width):
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def convnext(image, edge, crop_pct, resample):
    return center(shorter_edge(image, int(edge / crop_pct), resample), edge, edge)


def clip(image, edge, height, width):
    return center(shorter_edge(image, edge, 3), height, width)


def processed(image):
    """What the processors of Hugging Face make of sizes, with the steps of their resize methods."""
    seven = {"size": {"shortest_edge": 7}}
    yield "ConvNextImageProcessor", seven, convnext(image, 7, 224 / 256, 3)
    eleven = {"size": 11, "crop_pct": 0.9, "resample": 2}
    yield "ConvNextImageProcessorFast", eleven, convnext(image, 11, 0.9, 2)
    yield "ConvNextFeatureExtractor", {"size": 20, "crop_pct": 1}, convnext(image, 20, 1, 3)
    cropped = {"size": {"shortest_edge": 8}, "crop_size": {"height": 6, "width": 7}}
    yield "BitImageProcessor", cropped, clip(image, 8, 6, 7)
    yield "CLIPImageProcessor", {"size": 14, "crop_size": 11}, clip(image, 14, 11, 11)
    both = {"size": {"height": 9, "width": 6}, "do_center_crop": False, "resample": 1}
    yield "CLIPImageProcessor", both, image.resize((6, 9), 1)
    nearest = {"size": {"height": 5, "width": 8}, "resample": 0}
    yield "ViTImageProcessor", nearest, image.resize((8, 5), 0)
    fifteen = {"size": 15, "crop_size": 12}
    yield "DeiTImageProcessor", fifteen, center(image.resize((15, 15), 3), 12, 12)


def preprocessing():
    plain = {"do_convert_rgb": False, "do_rescale": False, "do_normalize": False}
    return [
        {
            "config": {"image_processor_type": processor} | keys | plain,
            "source": described(source),
            "target": described(target),
        }
        for source in (picture(1, 13, 10), picture(3, 9, 17), picture(3, 12, 12))
        for processor, keys, target in processed(source)
    ]


def converting():
    colour = picture(3, 16, 16)
    return {"colour": described(colour), "grey": described(colour.convert("L"))}


result = {
    "pillow": __version__,
    "decoding": decoding(),
    "resizing": resizing(),
    "preprocessing": preprocessing(),
    "converting": converting(),
}
target = pathlib.Path(__file__).with_name("images.json")
target.write_text(json.dumps(result, indent=1) + "\n")
