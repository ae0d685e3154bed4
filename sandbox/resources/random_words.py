"""Words that pets are named by."""

_ADVERBS_WORDS = (
    "barely boldly briefly calmly clearly closely daily deeply eagerly easily evenly fairly finely firmly freely fully gently gladly grossly highly "
    "honestly illegally inherently jointly kindly lightly likely loudly manually mildly mostly neatly openly overly partly plainly rarely simply slowly"
)
ADVERBS = tuple(_ADVERBS_WORDS.split())
_ADJECTIVES_WORDS = (
    "able absolute accurate active adapted allowed amazed ample awake balanced basic becoming blessed bold brave bright calm capable careful central "
    "certain civil clean clear climbing closing comic common concise content cool crisp curious daring driven eager easy enabled equal exact fair"
)
ADJECTIVES = tuple(_ADJECTIVES_WORDS.split())
_NAMES_WORDS = (
    "adder albacore alpaca amoeba anchovy antelope ape badger barnacle basilisk bass bat beagle bear bedbug bee beetle bengal bird bison blowfish boa "
    "bobcat boxer buck buffalo bull bunny burro calf camel caribou cat catfish cattle cheetah chicken chipmunk clam cobra cod colt condor cow"
)
NAMES = tuple(_NAMES_WORDS.split())
