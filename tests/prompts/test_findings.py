import pytest

from prompts.findings import LANGUAGES, explain, sentences
from rejoinder.domain.judgement import Finding
from rejoinder.errors import TemplateError


def test_both_languages_say_the_same_codes():
    said = {language: set(sentences(language)) for language in LANGUAGES}
    assert said["en"] == said["zh"]


def test_a_finding_without_a_sentence_is_named():
    with pytest.raises(TemplateError, match="no_such_code"):
        explain(Finding(code="no_such_code", verdict="holds"), "en")


def test_a_name_that_is_words_is_said_in_the_language_of_the_sentence():
    finding = Finding(code="clock_processor_unknown", verdict="unknown", values={"title": "Your acquirer or bank"})
    assert "Your acquirer or bank" in explain(finding, "en")
    assert "收单机构或银行" in explain(finding, "zh-CN")
