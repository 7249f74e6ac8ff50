import os, tempfile
# What was loaded once must not come from a cache of another run.
os.environ["BRAINTRUST_PROMPT_CACHE_DIR"] = tempfile.mkdtemp()
os.environ["BRAINTRUST_PARAMETERS_CACHE_DIR"] = tempfile.mkdtemp()
from braintrust import Attachment, init_logger, load_parameters, load_prompt

logger = init_logger(project="Assets")
with logger.start_span(name="attached", input=Attachment(data=b"hello bytes", filename="a.txt", content_type="text/plain")): pass
logger.flush()
print("prompt", load_prompt(project="Assets", slug="greet").build(name="Bob")["messages"][0]["content"])
print("parameters", load_parameters(project="Assets", slug="par").data["temp"])
print("DONE")
