# Writes models as Keras 3.15.1 does (keras3-*.json), and as its Keras 2 form does when it is run under tf_keras (keras2-*.json).
#   KERAS_BACKEND=tensorflow python make_models.py keras  FOLDER
#   python make_models.py tf_keras FOLDER
import importlib, json, os, sys

which, folder = sys.argv[1], sys.argv[2]
keras = importlib.import_module(which)
L = keras.layers
Input, Model, Sequential = keras.Input, keras.Model, keras.Sequential


def sequential():
    return Sequential(
        [
            Input((28, 28, 1)),
            L.Conv2D(8, 3, activation="relu", kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(0.5)),
            L.MaxPooling2D(),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(10, activation="softmax"),
        ],
        name="sequential_cnn",
    )


def branches():
    image, meta = Input((8, 8, 1), name="image"), Input((4,), name="meta")
    trunk = L.Dense(6, activation="relu", name="trunk")(L.Flatten(name="flat")(image))
    beside = L.Dense(6, activation="tanh", name="beside")(meta)
    return Model([image, meta], [L.Dense(3, activation="softmax", name="kind")(trunk), L.Dense(1, name="size")(beside)], name="branches")


def merged():
    left, right = Input((5,), name="left"), Input((5,), name="right")
    both = L.Concatenate(name="both")([L.Dense(4, name="a")(left), L.Dense(4, name="b")(right)])
    summed = L.Add(name="sum")([both, L.Dense(8, name="c")(left)])
    return Model([left, right], L.Dense(2, name="out")(summed), name="merged")


def shared():
    left, right = Input((5,), name="left"), Input((5,), name="right")
    layer, head = L.Dense(4, activation="relu", name="shared"), L.Dense(2, name="head")
    return Model([left, right], [head(layer(left)), head(layer(right))], name="shared_layer")


def nested():
    x = Input((6,), name="inner_in")
    inner = Model(x, L.Dense(3, name="inner_dense")(L.Dense(4, activation="relu", name="inner_hidden")(x)), name="inner")
    chain = Sequential([Input((3,)), L.Dense(5, activation="relu", name="chain_a"), L.Dense(3, name="chain_b")], name="chain")
    a, b = Input((6,), name="a"), Input((6,), name="b")
    first = inner(a)
    second = chain(inner(b))
    out = L.Dense(1, name="out")(first)
    return Model([a, b], [out, second, chain(second), inner(b)], name="nested")


def attention():
    x = Input((7, 8), name="x")
    normal = L.LayerNormalization(name="norm1")(x)
    attended = L.MultiHeadAttention(2, 4, name="attention")(normal, normal, use_causal_mask=True)
    y = L.Add(name="add1")([x, attended])
    z = L.Dense(16, activation="gelu", name="expand")(L.LayerNormalization(name="norm2")(y))
    y = L.Add(name="add2")([y, L.Dense(8, name="shrink")(z)])
    return Model(x, L.Dense(3, activation="softmax", name="out")(L.GlobalAveragePooling1D(name="pool")(y)), name="attention_block")


def recurrent():
    return Sequential(
        [
            Input((9,), dtype="int32"),
            L.Embedding(50, 8, mask_zero=True),
            L.Bidirectional(L.LSTM(4, return_sequences=True)),
            L.TimeDistributed(L.Dense(5)),
            L.GRU(3),
            L.Dense(1, activation="sigmoid"),
        ],
        name="recurrent",
    )


def normalized():
    return Sequential(
        [
            Input((10, 3)),
            L.Conv1D(4, 3, padding="causal", use_bias=False),
            L.BatchNormalization(),
            L.LeakyReLU(),
            L.SeparableConv1D(6, 3, padding="same"),
            L.LayerNormalization(),
            L.PReLU(shared_axes=[1]),
            L.SpatialDropout1D(0.2),
            L.GlobalMaxPooling1D(),
            L.Dense(2),
        ],
        name="normalized",
    )


def masked():
    words, steps = Input((5,), dtype="int32", name="words"), Input((5, 3), name="steps")
    x = L.Dropout(0.5, name="drop")(L.Embedding(9, 3, mask_zero=True, name="table")(words))
    x = L.LSTM(4, return_sequences=True, name="lstm")(x)
    y = L.GRU(4, return_sequences=True, name="gru")(L.Masking(name="masking")(steps))
    z = L.Bidirectional(L.LSTM(2, return_sequences=True), name="both")(L.Concatenate(name="joined")([x, L.Add(name="sum")([x, y])]))
    z = L.MultiHeadAttention(2, 2, name="attention")(z, z)
    return Model([words, steps], L.Dense(1, name="out")(L.GlobalAveragePooling1D(name="pool")(z)), name="masked")


os.makedirs(folder, exist_ok=True)
version = "keras3" if which == "keras" else "keras2"
# Keras 2 writes no masks.
only = [masked] if which == "keras" else []
for make in [sequential, branches, merged, shared, nested, attention, recurrent, normalized, *only]:
    keras.backend.clear_session()
    model = make()
    definition = json.loads(model.to_json())
    with open(os.path.join(folder, f"{version}-{make.__name__}.json"), "w") as file:
        json.dump({"note": f"{which} {keras.__version__}, by make_models.py", "parameters": model.count_params(), "definition": definition}, file)
        file.write("\n")
