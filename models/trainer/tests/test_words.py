"""The second training target: which words were said."""

import math

import torch

from trainer.rolling_loss import NO_HOP
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel
from trainer.train_streaming import WORDS_WEIGHT, hear_utterances
from trainer.words import FEWEST_TEXTS, Vocabulary, surprise_at_words, words_of


def test_words_are_what_is_written_without_case_and_stops() -> None:
    assert words_of("I'd like £5, PLEASE: please.") == {"i'd", "like", "5", "please"}


def test_a_vocabulary_knows_words_of_enough_texts_however_often_each_says_them() -> None:
    vocabulary = Vocabulary(["my card", "Card!"] * (FEWEST_TEXTS // 2) + ["bank " * 20])
    assert list(vocabulary.places) == ["card"]
    assert vocabulary.said("the card, the card").tolist() == [1]
    assert vocabulary.said("the bank").tolist() == [0]
    assert vocabulary.said("").isnan().all()
    assert len(Vocabulary(["", ""])) == 0


def test_words_of_equally_many_texts_have_the_same_places_in_every_process() -> None:
    texts = ["pear fig plum apple", "fig"] * FEWEST_TEXTS
    assert list(Vocabulary(texts).places) == ["fig", "apple", "pear", "plum"]


def test_surprise_is_summed_over_words_and_averaged_over_hearings_whose_words_are_known() -> None:
    logits = torch.zeros(2, 3, 4, requires_grad=True)
    said = torch.tensor([[1.0, 0, 0, 1], [math.nan] * 4, [0, 0, 0, 0]])
    surprise = surprise_at_words(logits, said)
    assert math.isclose(float(surprise), 4 * math.log(2), rel_tol=1e-6)
    surprise.backward()
    assert logits.grad is not None and not logits.grad[:, 1].any()
    assert float(surprise_at_words(logits, torch.full((3, 4), math.nan))) == 0


def test_a_streaming_model_learns_words_where_they_are_known_and_from_the_last_hop() -> None:
    torch.manual_seed(1)
    model = StreamingIntentModel(StreamingIntentConfig(num_labels=3, width=8, members=2, words=4)).eval()
    inputs = {
        "activations": torch.randn(2, 12 * 3 + 12, 288),
        "labels": torch.tensor([[0, 0, 0], [1, 1, NO_HOP]]),
        "taught": torch.zeros(2, 18, 0),
        "speech": torch.ones(2, 18),
    }
    said = torch.tensor([[1.0, 0, 1, 0], [0, 1, 0, 0]])
    known, unknown = (hear_utterances(model, inputs | {"words": words})[1] for words in (said, said * math.nan))
    words = model(inputs["activations"]).words
    at_the_end = torch.stack([words[:, 0, 2], words[:, 1, 1]], dim=1)
    torch.testing.assert_close(known - unknown, WORDS_WEIGHT * surprise_at_words(at_the_end, said))
    known.backward()
    assert all(spotter.weight.grad is not None and spotter.weight.grad.any() for spotter in model.words)
