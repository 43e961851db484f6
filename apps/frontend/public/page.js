// Shows what the backend says of itself. The address has no host: the page works wherever it is served.
async function show() {
  const state = document.getElementById("state");
  const facts = document.getElementById("facts");
  const answer = await fetch("/health");
  const report = await answer.json();
  state.textContent = report.status;
  const lines = { version: report.version, environment: report.environment, commit: report.commit, ...report.checks };
  for (const [name, value] of Object.entries(lines)) {
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    facts.append(term, text);
  }
}

show().catch(() => {
  document.getElementById("state").textContent = "the backend does not answer";
});
