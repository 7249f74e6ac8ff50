import braintrust
from braintrust import Eval, init_dataset, init_logger

logger = init_logger(project="Legacy")
with logger.start_span(name="request", type="task", input={"q": "hi"}, tags=["Triage"]) as root:
    with root.start_span(name="llm", type="llm") as call:
        call.log(input=[{"role": "user", "content": "hi"}], output="yo", metrics={"tokens": 5})
    root.log(output="yo", scores={"Preference": 0.8})
    row = root.id
logger.flush()
logger.log_feedback(id=row, scores={"correctness": 1}, comment="great", source="external")
logger.flush()

def exact(input, output, expected=None): return 1.0 if output == expected else 0.0
Eval("Legacy", experiment_name="e1", data=lambda: [{"input": i, "expected": i * 2} for i in range(3)], task=lambda input: input * 2, scores=[exact])

dataset = init_dataset(project="Legacy", name="golden")
dataset.insert(input={"q": 1}, expected={"a": 1})
dataset.flush()
print("rows", [row["expected"] for row in init_dataset(project="Legacy", name="golden").fetch()])
print("experiment rows", sum(1 for _ in braintrust.init(project="Legacy", experiment="e1", open=True)))
print("DONE")
