import braintrust
from braintrust import init_dataset, Eval

def s1(input, output, expected=None): return 1.0 if output == expected else 0.0
def LenScore(input, output, expected=None): return {"name": "LenScore", "score": 0.5, "metadata": {"why": "half"}}
r = Eval("Evals", experiment_name="e1", data=lambda: [{"input": i, "expected": i * 2, "metadata": {"k": i}, "tags": ["t%d" % i]} for i in range(3)], task=lambda input: input * 2, scores=[s1, LenScore])
print(r.summary)
ds = init_dataset(project="Evals", name="golden", description="d", metadata={"a": 1})
ids = [ds.insert(input={"q": i}, expected={"a": i}, metadata={"n": i}, tags=["x"]) for i in range(3)]
ds.flush()
ds.update(id=ids[0], expected={"a": 99}); ds.delete(ids[2]); ds.flush()
ds2 = init_dataset(project="Evals", name="golden")
print("rows", [(r["id"], r["input"], r.get("expected")) for r in ds2.fetch()], "version", ds2.version)
print(ds2.summarize())
r2 = Eval("Evals", experiment_name="e2-dataset", data=init_dataset(project="Evals", name="golden"), task=lambda input: input, scores=[s1])
ex = braintrust.init(project="Evals", experiment="e1", open=True)
print("experiment rows", sum(1 for _ in ex))
print("DONE")
