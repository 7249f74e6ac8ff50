import json, os, urllib.request
import braintrust
from braintrust import init_dataset, start_span, Eval

def s1(input, output, expected=None): return 1.0 if output == expected else 0.0
def LenScore(input, output, expected=None): return {"name": "LenScore", "score": 0.5, "metadata": {"why": "half"}}
r = Eval("Evals", experiment_name="e1", data=lambda: [{"input": i, "expected": i * 2, "metadata": {"k": i}, "tags": ["t%d" % i]} for i in range(3)], task=lambda input: input * 2, scores=[s1, LenScore])
print(r.summary)
ds = init_dataset(project="Evals", name="golden", description="d", metadata={"a": 1})
ids = [ds.insert(input={"q": i}, expected={"a": i}, metadata={"n": i}, tags=["x"]) for i in range(3)]
ds.flush()
before = init_dataset(project="Evals", name="golden").version

def saved(name):
    body = json.dumps({"dataset_id": init_dataset(project="Evals", name="golden").id, "name": name}).encode()
    headers = {"Authorization": "Bearer " + os.environ["BRAINTRUST_API_KEY"], "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(os.environ["BRAINTRUST_API_URL"] + "/v1/dataset_version", body, headers)) as answer:
        return json.load(answer)["xact_id"]

version = saved("first")
ds.update(id=ids[0], expected={"a": 99}); ds.delete(ids[2]); ds.flush()
ds2 = init_dataset(project="Evals", name="golden")
print("rows", [(r["id"], r["input"], r.get("expected")) for r in ds2.fetch()], "version", ds2.version)
print(ds2.summarize())
print("as it was", sorted(row["expected"]["a"] for row in init_dataset(project="Evals", name="golden", version=before).fetch()))
r2 = Eval("Evals", experiment_name="e2-dataset", data=init_dataset(project="Evals", name="golden"), task=lambda input: input, scores=[s1])
ex = braintrust.init(project="Evals", experiment="e1", open=True)
print("experiment rows", sum(1 for _ in ex))

def task(input, hooks):
    with start_span(name="model", type="llm") as call:
        call.log(input=[{"role": "user", "content": str(input)}], output=str(input), metadata={"model": "m"})
    return str(input)

async def calls(input, output, trace):
    spans = await trace.get_spans(span_type=["llm"])
    return {"name": "calls", "score": len(spans) / 2, "metadata": {"outputs": [span.output for span in spans]}}

# Without its cache of what it sent itself, the SDK asks the server.
Eval("Evals", experiment_name="e3-trace", data=lambda: [{"input": i} for i in range(2)], task=task, scores=[calls], enable_cache=False)
# The rows as they were when the version was saved.
named = init_dataset(project="Evals", name="golden", version=version)
print("version rows", sorted(row["expected"]["a"] for row in named.fetch()))
Eval("Evals", experiment_name="e4-version", data=init_dataset(project="Evals", name="golden", version=version), task=lambda input: {"a": input["q"]}, scores=[s1])
print("DONE")
