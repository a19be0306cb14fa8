"""Writes safetensors.json beside this file: pip install safetensors==0.8.0 numpy ml_dtypes; python make_safetensors.py"""
import base64, json, os
import ml_dtypes, numpy, safetensors, safetensors.numpy

tensors = {
    "double": numpy.array([[-1.5, 0.1], [1e300, 5e-324]]),
    "float": numpy.array([[1.5, -0.0, 3.25]], numpy.float32),
    "half": numpy.array([0.5, -2.0, 65504.0], numpy.float16),
    "flags/é": numpy.array([True, False, True]),
}
others = {
    "bfloat": numpy.array([1.0, -3.140625], ml_dtypes.bfloat16),
    "long": numpy.array([-(2**63), 2**63 - 1], numpy.int64),
    "int": numpy.array([[[-(2**31)]], [[7]]], numpy.int32),
    "short": numpy.array([-32768, 5], numpy.int16),
    "tiny": numpy.array([-128, 127, 3], numpy.int8),
    "byte": numpy.array([0, 255], numpy.uint8),
    "scalar": numpy.array(2.5, numpy.float32),
    "empty": numpy.zeros((0, 4), numpy.float32),
}


def file(values, metadata):
    return {
        "base64": base64.b64encode(safetensors.numpy.save(values, metadata)).decode(),
        "metadata": metadata or {},
        "tensors": [
            {"name": name, "numpy": str(value.dtype), "shape": list(value.shape), "hex": value.tobytes().hex()}
            for name, value in values.items()
        ],
    }


out = {
    "source": f"PyPI safetensors {safetensors.__version__}, numpy {numpy.__version__}",
    "plain": file(tensors, {"made": "by Python"}),
    "everyType": file({**tensors, **others}, None),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "safetensors.json"), "w") as target:
    json.dump(out, target, indent=1)
    target.write("\n")
