import os
from braintrust_api import Braintrust

client = Braintrust(base_url=os.environ["BRAINTRUST_API_URL"], api_key=os.environ["BRAINTRUST_API_KEY"])
project = client.projects.create(name="REST")
for number in range(5): client.projects.create(name=f"REST {number}")
named = [listed.name for listed in client.projects.list(limit=2) if listed.name.startswith("REST")]
print("projects", sorted(named))
rows = client.projects.logs.insert(project.id, events=[{"id": f"r{number}", "input": number} for number in range(7)]).row_ids
print("rows", rows)
client.projects.logs.feedback(project.id, feedback=[{"id": "r0", "scores": {"Q": 1}, "comment": "ok"}])
found, cursor = [], None
while True:
    page = client.projects.logs.fetch_post(project.id, limit=3, cursor=cursor)
    found += [event.id for event in page.events]
    cursor = page.cursor
    if not cursor: break
print("fetched", sorted(found))
asked = client.projects.logs.fetch(project.id, extra_query={"filter": "scores.Q > 0.75"})
posted = client.projects.logs.fetch_post(project.id, extra_body={"query": "scores.Q > 75% and input = 0"})
print("matching", [event.id for event in asked.events], [event.id for event in posted.events])
experiment = client.experiments.create(project_id=project.id, name="e")
client.experiments.insert(experiment.id, events=[{"input": 1, "scores": {"s": 0.5}}])
print("summary", client.experiments.summarize(experiment.id, summarize_scores=True).scores["s"].score)
for number in range(4): client.datasets.create(project_id=project.id, name=f"d{number}")
print("datasets", len(list(client.datasets.list(project_id=project.id, limit=3))))
client.prompts.create(project_id=project.id, name="n", slug="s")
print("prompts", len(list(client.prompts.list(project_id=project.id, limit=1))))
print("DONE")
