"""A prediction loads neither spaCy nor scikit-learn, and never Django."""

import subprocess
import sys


def test_predicting_loads_no_heavy_library() -> None:
    code = (
        "import sys; import prediction.engine, prediction.engine.export;"
        "import prediction.engine.models.large_group, prediction.engine.models.group;"
        "import prediction.engine.models.ranking, prediction.engine.insight.similarity;"
        "print([m for m in ('spacy', 'sklearn', 'django') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
