# Functional models as Keras 3.15.1 writes them, with weights by layer, inputs and what the model gives for them; and whether
# dropout drops during fit.
#   KERAS_BACKEND=tensorflow python make_network.py FILE
import json, sys

import keras
import numpy as np

L, Input, Model, Sequential = keras.layers, keras.Input, keras.Model, keras.Sequential
random = np.random.default_rng(7)
WORDS = [[3, 1, 0, 2, 0], [4, 4, 4, 4, 4], [1, 0, 0, 0, 0], [8, 7, 6, 0, 0]]
STEPS = random.normal(size=(4, 5, 3)).round(3)
STEPS[0, 1] = STEPS[0, 4] = STEPS[1, 3:] = STEPS[2, 1:] = 0


def words(name="words"):
    return Input((5,), dtype="int32", name=name)


def embedding(name="embedding", features=3):
    return L.Embedding(9, features, mask_zero=True, name=name)


def embedding_lstm():
    x = words()
    return Model(x, L.Dense(2, name="out")(L.LSTM(3, name="lstm")(embedding()(x)))), [WORDS]


def masking_gru():
    x = Input((5, 3), name="steps")
    return Model(x, L.Dense(2, name="out")(L.GRU(3, name="gru")(L.Masking(name="masking")(x)))), [STEPS]


def bidirectional():
    x = words()
    y = L.Bidirectional(L.LSTM(2, return_sequences=True), name="both")(embedding()(x))
    return Model(x, L.GRU(2, name="gru")(y)), [WORDS]


def attention():
    x = words()
    e = embedding(features=4)(x)
    y = L.MultiHeadAttention(2, 2, name="attention")(e, e)
    return Model(x, L.GlobalAveragePooling1D(name="pool")(y)), [WORDS]


def scored():
    x = words()
    e = embedding()(x)
    return Model(x, L.GlobalAveragePooling1D(name="pool")(L.Attention(name="attention")([e, L.Dense(3, name="keys")(e)]))), [WORDS]


def merged():
    x, z = words(), words("others")
    e, f = embedding()(x), embedding("embedding_1")(z)
    y = L.Concatenate(name="joined")([L.Add(name="sum")([e, f]), L.Dropout(0.5, name="drop")(e)])
    return Model([x, z], L.SimpleRNN(2, name="rnn")(L.TimeDistributed(L.Dense(2), name="each")(y))), [WORDS, WORDS[::-1]]


def shared():
    x, z = words(), words("others")
    e, rnn = embedding(), L.GRU(2, name="rnn")
    return Model([x, z], L.Subtract(name="difference")([rnn(e(x)), rnn(e(z))])), [WORDS, WORDS[::-1]]


def nested():
    x, a = words(), Input((5, 3), name="a")
    maker = Sequential([words(), embedding()], name="maker")
    user = Model(a, L.LSTM(3, name="lstm")(a), name="user")
    return Model(x, [user(maker(x)), L.GRU(2, name="gru")(embedding("own")(x))]), [WORDS]


def integers():
    numbers, steps, image = (Input(shape, dtype="int32", name=name) for shape, name in [((4,), "numbers"), ((5, 1), "steps"), ((4, 4, 1), "image")])
    hidden = L.Dense(2, name="hidden")(numbers)
    outputs = [
        L.Concatenate(name="joined")([numbers, hidden]),
        L.BatchNormalization(name="normal")(numbers),
        L.Embedding(9, 2, name="table")(L.Flatten(name="flat")(steps)),
        L.GRU(2, name="gru")(L.Masking(name="masking")(steps)),
        L.Conv2D(2, 2, name="conv")(L.Rescaling(1 / 16, name="scaled")(image)),
        L.Average(name="mean")([numbers, numbers]),
    ]
    return Model([numbers, steps, image], outputs), [random.integers(0, 9, size=shape) for shape in [(4, 4), (4, 5, 1), (4, 4, 4, 1)]]


def distributed():
    frames = Input((3, 4, 4, 1), name="frames")
    part = [Input((4, 4, 1)), L.Conv2D(2, 2, name="conv"), L.BatchNormalization(name="normal"), L.Flatten(name="flat")]
    inner = Sequential([*part, Sequential([L.Dense(3, activation="tanh", name="dense")], name="head")], name="inner")
    return Model(frames, L.GRU(2, name="gru")(L.TimeDistributed(inner, name="each")(frames))), [random.normal(size=(4, 3, 4, 4, 1)).round(3)]


def fit_drops(model, inputs):
    """Whether a step of fit that changes nothing has another loss than the model without dropout."""
    model.compile(keras.optimizers.SGD(0.0), "mse")
    y = model.predict(inputs, verbose=0)
    return model.fit(inputs, y, epochs=1, verbose=0).history["loss"][0] > 1e-6


def dropout(**options):
    x = Input((6,), name="x")
    return Model(x, L.Dropout(0.5, name="drop")(L.Dense(8, name="hidden")(x), **options)), [random.normal(size=(4, 6)).round(3)]


def dropout_as_it_comes():
    return dropout()


def dropout_false():
    return dropout(training=False)


def dropout_true():
    return dropout(training=True)


def dropout_recurrent():
    x = Input((5, 3), name="steps")
    return Model(x, L.LSTM(3, dropout=0.5, name="lstm")(x)), [STEPS]


def dropout_nested():
    x = Input((6,), name="x")
    inner = Sequential([Input((6,)), L.Dense(8, name="hidden"), L.Dropout(0.5, name="drop")], name="inner")
    return Model(x, inner(x, training=False)), [random.normal(size=(4, 6)).round(3)]


PLAIN = [embedding_lstm, masking_gru, bidirectional, attention, scored, merged, shared, nested, integers, distributed]
DROPPING = [dropout_as_it_comes, dropout_false, dropout_true, dropout_recurrent, dropout_nested]


def leaves(model, prefix=""):
    for layer in model.layers:
        inner = layer.layer if isinstance(layer, L.TimeDistributed) and isinstance(layer.layer, Model) else layer
        if isinstance(inner, Model):
            yield from leaves(inner, f"{prefix}{layer.name}/")
        elif layer.weights:
            yield prefix + layer.name, layer


def describe(make):
    keras.backend.clear_session()
    model, inputs = make()
    weights = {}
    for name, layer in leaves(model):
        values = [random.normal(scale=0.7, size=weight.shape).round(3).astype("float32") for weight in layer.weights]
        values = [abs(value) if "variance" in weight.path else value for value, weight in zip(values, layer.weights)]
        layer.set_weights(values)
        weights[name] = [value.tolist() for value in values]
    arrays = [np.array(value, dtype=one.dtype) for value, one in zip(inputs, model.inputs)]
    outputs = model.predict(arrays, verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    made = {
        "name": make.__name__,
        "definition": json.loads(model.to_json()),
        "weights": weights,
        "inputs": [value.tolist() for value in arrays],
        "outputs": [value.tolist() for value in outputs],
    }
    return made | ({"drops": bool(fit_drops(model, arrays))} if make in DROPPING else {})


models = [describe(make) for make in PLAIN + DROPPING]
with open(sys.argv[1], "w") as file:
    json.dump({"note": f"Keras {keras.__version__}, by make_network.py", "models": models}, file)
    file.write("\n")
