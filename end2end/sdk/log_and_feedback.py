import os, sys, tempfile
os.environ.setdefault("BRAINTRUST_PROMPT_CACHE_DIR", tempfile.mkdtemp()); os.environ.setdefault("BRAINTRUST_PARAMETERS_CACHE_DIR", tempfile.mkdtemp())
import braintrust
from braintrust import init_logger, init_dataset, Eval, traced, current_span, Attachment
print("braintrust", braintrust.__file__)
lg = init_logger(project="Demo")
with lg.start_span(name="request", type="task", input={"q": "hi", "user": {"id": 7}}, metadata={"user_id": "u1", "model": "gpt-4o"}, tags=["Triage", "prod"]) as root:
    with root.start_span(name="llm call", type="llm", input=[{"role": "user", "content": "hi"}]) as ch:
        ch.log(output=[{"role": "assistant", "content": "hello"}], metrics={"prompt_tokens": 3, "completion_tokens": 2, "tokens": 5}, metadata={"model": "gpt-4o"})
        with ch.start_span(name="tool", type="tool") as t: t.log(input={"a": 1}, output=2)
    root.log(output={"a": "hello"}, scores={"Preference": 0.8}, expected=None)
    rid = root.id; exported = root.export(); link = root.permalink(); link2 = root.link()
print("permalink", link); print("link", link2); print("export", exported)
try:
    with lg.start_span(name="boom") as s: raise ValueError("bad")
except ValueError: pass
lg.flush()
lg.log_feedback(id=rid, scores={"correctness": 1}, expected={"a": "hey"}, comment="great answer", metadata={"user_id": "enduser-9"}, tags=["user-feedback"], source="external")
lg.flush()
braintrust.update_span(exported, metadata={"reviewed": True}); lg.flush()
if hasattr(lg, "info"):
    try: lg.info("a log line {x}", x=3); lg.flush()
    except Exception as e: print("log line", repr(e))
print("DONE")
