// Contract: what the API promises and how sure that is, and what changed between its revisions.
import { html, useEffect, useMemo, useState } from './vendor/htm-preact.js';
import { fetchAdmin, hasToken, loadContract } from './api.js';
import { attempt, replaceParams, useStore } from './store.js';
import { Search, Tag } from './parts.js';

const MARKS = { D: 'documentation', S: "the vendor's SDKs", O: 'observed live', C: "callers' code", P: 'policy of this mock' };
const ENVELOPES = { A: 'with every public field', B: 'as the page documents it today',
  C: 'without error_code, error_code_str, error_msg and status_code' };
const LEVELS = { MUST: 'documented', SHOULD: 'observation or practice', INFO: 'our policy' };

function Links() {
  const open = (event, path) => {
    if (!hasToken()) return;
    event.preventDefault(); // for the browser sends no token with a link
    attempt(async () => {
      const url = URL.createObjectURL(await (await fetchAdmin(path)).blob());
      window.open(url, '_blank', 'noopener');
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    });
  };
  const link = (path, name) => html`<li><a href=${path} onClick=${(event) => open(event, path)}>${name}</a></li>`;
  return html`<ul class="links">${hasToken()
      ? link('/__admin/coverage?format=text', 'Coverage of this session') // its page has a style that a blob may not have
      : link('/__admin/coverage?format=html', 'Coverage of this session')}
    ${link('/__admin/openapi.json', 'The admin API as OpenAPI')}
    <li><a href="/__admin/console/SCENARIOS.md">The scenario format</a></li>
    ${link('/__admin/contract', 'These tables as JSON')}${link('/metrics', 'Metrics')}</ul>`;
}

// Names of the service_choice values that one revision has and the other has not.
function differences(contract, before, after) {
  const label = (number) => `${number} ${contract.expressions.find((row) => row.number === number)?.label ?? ''}`;
  const added = after.service_choice.filter((number) => !before.service_choice.includes(number));
  const gone = before.service_choice.filter((number) => !after.service_choice.includes(number));
  const moved = contract.errors.filter((row) => row[before.statuses] !== row[after.statuses]);
  const lines = [];
  if (added.length) lines.push(`New expressions: ${added.map(label).join(', ')}`);
  if (gone.length) lines.push(`Gone: ${gone.map(label).join(', ')}`);
  if (before.service_choice_required !== after.service_choice_required)
    lines.push(`service_choice is ${after.service_choice_required ? 'required' : 'optional'}`);
  if (before.envelope !== after.envelope) lines.push(`Another envelope: ${ENVELOPES[after.envelope]}`);
  if (before.statuses !== after.statuses) lines.push(`${moved.length} codes have another status`);
  return { lines, moved: before.statuses === after.statuses ? [] : moved };
}

function Revision({ contract, row, before, current }) {
  const { lines, moved } = before ? differences(contract, before, row) : { lines: [], moved: [] };
  return html`<li class="card"><h3><code>${row.name}</code> ${row.name === current && html`<${Tag} kind="good">this mock<//>`}${row.default && html`<${Tag}>default<//>`}</h3>
    <p>${row.summary}</p>
    ${before && html`<p class="soft">Against ${before.name}:</p><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`}
    ${moved.length > 0 && html`<details><summary>Which codes</summary><table><thead><tr><th>Code</th><th>${before.name}</th><th>${row.name}</th></tr></thead>
      <tbody>${moved.map((error) => html`<tr><td><code>${error.name}</code></td><td>${error[before.statuses]}</td><td>${error[row.statuses]}</td></tr>`)}</tbody></table></details>`}</li>`;
}

function Clauses({ contract, query, mark, wanted, onFilter }) {
  const shown = useMemo(() => contract.clauses.filter((row) => (!mark || row.mark === mark)
    && query.toLowerCase().split(/\s+/).every((word) => `${row.id} ${row.text}`.toLowerCase().includes(word))), [contract, query, mark]);
  useEffect(() => {
    const row = wanted ? document.getElementById(`clause-${wanted}`) : null;
    row?.scrollIntoView({ block: 'center' });
    row?.focus({ preventScroll: true });
  }, [wanted]);
  return html`<section aria-labelledby="clauses-title"><h2 id="clauses-title">Clauses</h2>
    <div class="filters"><${Search} label="Search clauses" value=${query} onInput=${(text) => onFilter('q', text)} />
      <label class="choice"><span>How sure</span><select value=${mark} onChange=${(event) => onFilter('mark', event.target.value)}><option value="">any</option>
        ${Object.entries(MARKS).map(([id, name]) => html`<option value=${id} selected=${id === mark}>${name}</option>`)}</select></label>
      <p class="soft count">${shown.length} of ${contract.clauses.length}</p></div>
    <ul class="clauses">${shown.map((row) => html`<li key=${row.id} id="clause-${row.id}" tabindex=${row.id === wanted ? -1 : undefined} class=${row.id === wanted ? 'current' : ''}>
      <p>${row.text}</p><p class="soft"><a href="#/contract/${row.id}"><code>${row.id}</code></a>
        <${Tag} kind=${row.level === 'MUST' ? 'good' : row.level === 'SHOULD' ? 'dim' : ''}>${row.level}<//> <span>${LEVELS[row.level]}; from ${MARKS[row.mark] ?? row.mark}; owed by the ${row.subject.toLowerCase()}</span></p></li>`)}</ul></section>`;
}

export function Contract() {
  const { status, route } = useStore();
  const [contract, setContract] = useState(null);
  useEffect(() => {
    attempt(loadContract).then((got) => got && setContract(got));
  }, []);
  const filter = (name, value) => {
    const params = new URLSearchParams(route.params);
    if (value) params.set(name, value);
    else params.delete(name);
    replaceParams(params);
  };
  return html`<div class="contract"><div class="title"><h1>Contract</h1><p class="soft">What the API promises, and how sure that is.</p></div>
    <${Links} />
    ${contract && html`<section aria-labelledby="revisions-title"><h2 id="revisions-title">Revisions</h2><ol class="revisions">${contract.revisions.map((row, index) => html`<${Revision} contract=${contract} row=${row} before=${contract.revisions[index - 1]} current=${status?.revision} />`)}</ol></section>
      <${Clauses} contract=${contract} query=${route.params.get('q') || ''} mark=${route.params.get('mark') || ''} wanted=${route.rest} onFilter=${filter} />`}</div>`;
}
