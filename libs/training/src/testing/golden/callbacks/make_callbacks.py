"""Writes callbacks.json beside this file, by driving Keras's callbacks without a model:
pip install keras==3.15.0 jax scipy; python make_callbacks.py"""
import json, os

os.environ["KERAS_BACKEND"] = "numpy"
import keras, numpy

HERE = os.path.dirname(os.path.abspath(__file__))
draw = numpy.random.default_rng(20260101)
EPOCHS = 24


class Model:
    """What the callbacks touch: the weights are the number of the epoch, the first being 1."""

    def __init__(self):
        self.stop_training, self.weights, self.metrics = False, 0, []
        self.optimizer = keras.optimizers.SGD(0.1)

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


def values():
    # Not among the first: Keras 3.15 takes a NaN for its first best value, which nothing ever beats; Gradstream does not.
    walk = numpy.round(1 + numpy.cumsum(draw.normal(-0.02, 0.1, EPOCHS)), 2).tolist()
    return ["NaN" if i > 5 and draw.random() < 0.08 else value for i, value in enumerate(walk)]


def number(value):
    return float(value)


def stopping():
    settings = {
        "mode": str(draw.choice(["min", "max"])),
        "minDelta": float(draw.choice([0, 0.05])),
        "patience": int(draw.choice([0, 1, 2, 3, 4, 12])),
        "baseline": None if draw.random() < 0.6 else float(draw.choice([0.8, 0.95, 1.05])),
        "startFromEpoch": int(draw.choice([0, 0, 2, 5])),
        "restoreBest": bool(draw.random() < 0.5),
    }
    callback = keras.callbacks.EarlyStopping(
        monitor="val_loss", mode=settings["mode"], min_delta=settings["minDelta"], patience=settings["patience"],
        baseline=settings["baseline"], start_from_epoch=settings["startFromEpoch"], restore_best_weights=settings["restoreBest"],
    )
    model, series = Model(), values()
    callback.set_model(model)
    callback.on_train_begin()
    stopped = None
    for epoch, value in enumerate(series):
        model.weights = epoch + 1
        callback.on_epoch_end(epoch, {"val_loss": number(value)})
        if model.stop_training:
            stopped = epoch + 1
            break
    callback.on_train_end()
    return {"settings": settings, "values": series, "expected": {"stoppedAfter": stopped, "weightsOfEpoch": model.weights}}


def plateau():
    settings = {
        "mode": str(draw.choice(["min", "max"])),
        "factor": float(draw.choice([0.5, 0.1])),
        "patience": int(draw.integers(0, 4)),
        "minDelta": float(draw.choice([1e-4, 0.05])),
        "cooldown": int(draw.choice([0, 0, 2, 3])),
        "minLearningRate": float(draw.choice([0, 0.02])),
    }
    callback = keras.callbacks.ReduceLROnPlateau(
        monitor="val_loss", mode=settings["mode"], factor=settings["factor"], patience=settings["patience"],
        min_delta=settings["minDelta"], cooldown=settings["cooldown"], min_lr=settings["minLearningRate"],
    )
    model, series, rates = Model(), values(), []
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(series):
        callback.on_epoch_end(epoch, {"val_loss": number(value)})
        rates.append(float(str(numpy.float32(model.optimizer.learning_rate.numpy()))))
    return {"settings": settings, "values": series, "expected": {"learningRates": rates}}


out = {
    "source": f"Keras {keras.__version__}",
    "earlyStopping": [stopping() for _ in range(60)],
    "reduceOnPlateau": [plateau() for _ in range(40)],
}
with open(os.path.join(HERE, "callbacks.json"), "w") as target:
    json.dump(out, target)
    target.write("\n")
