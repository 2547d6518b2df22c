// Fail: everything that can be asked for, the queue of a key, and what waits for connections with TLS.
import { html, useEffect, useMemo, useState } from './vendor/htm-preact.js';
import { admin, loadContract } from './api.js';
import { attempt, change, replaceParams, say, store, useStore } from './store.js';
import { breakable, plural, rove, Search } from './parts.js';

const KINDS = [['', 'All'], ['own', 'Your own'], ['code', 'Codes'], ['situation', 'Situations'],
  ['fault', 'Faults'], ['deviation', 'Deviations']];
const TLS_KIND = ['tls', 'TLS'];
const QUEUE_MAX = 1000;

// What one queued step does, in a line.
export function stepText(step) {
  const words = [];
  if (step.error) words.push(step.error);
  if (step.answer) words.push(step.answer);
  if (step.fault) words.push(typeof step.fault === 'string' ? step.fault : `${step.fault.name} (${step.fault.amount})`);
  if (step.deviation) words.push(step.deviation);
  if (step.status) words.push(`status ${step.status}`);
  if (step.delay) words.push('with a delay');
  return words.join(', ') || 'as usual';
}

// The scenario's steps for n calls: a single step counts by itself, several are repeated.
function stepsFor(scenario, calls) {
  if (scenario.steps.length === 1) return [{ ...scenario.steps[0], times: calls }];
  return Array.from({ length: calls }, () => scenario.steps).flat().slice(0, QUEUE_MAX);
}

// Faults of TLS wait for connections, not for calls of a key: no key is known before the handshake.
function Connections({ waiting, onDisarm }) {
  return html`<h3 id="tls-title">The next connections with TLS</h3>
    <ol aria-labelledby="tls-title">${waiting.map((row) => html`<li><b>${breakable(row.fault)}</b>
      <span class="soft">${plural(row.connections, 'connection')}</span></li>`)}</ol>
    <p class="actions"><button onClick=${onDisarm}>Disarm them</button></p>`;
}

function Queue({ rows, waiting, onEmpty, onDisarm }) {
  return html`<section class="queue card" aria-labelledby="queue-title">
    <h2 id="queue-title">The queue of <code>${store.key}</code></h2>
    ${rows.length ? html`<ol>${rows.map((row) => html`<li><b>${breakable(stepText(row.step))}</b>
        <span class="soft">${plural(row.left, 'call')}</span></li>`)}</ol>
      <p class="actions"><button onClick=${onEmpty}>Empty the queue</button></p>`
    : html`<p class="soft">Empty. Click on a failure: the next calls with this key get it.</p>`}
    ${waiting.length > 0 && html`<${Connections} waiting=${waiting} onDisarm=${onDisarm} />`}
  </section>`;
}

function useQueue(key, lastId) {
  const [rows, setRows] = useState([]);
  const load = () => (key ? admin('GET', `/__admin/queue?api_key=${encodeURIComponent(key)}`)
    .then((answer) => setRows(answer.steps)).catch(() => setRows([])) : setRows([]));
  useEffect(() => {
    load();
  }, [key, lastId]);
  return [rows, load];
}

// The faults of TLS, none where the mock speaks no TLS, and those that wait.
function useTls(boot, lastId) {
  const [faults, setFaults] = useState([]);
  const [waiting, setWaiting] = useState([]);
  const load = () => admin('GET', '/__admin/tls').then((answer) => setWaiting(answer.tls)).catch(() => setWaiting([]));
  useEffect(() => {
    attempt(async () => {
      const { groups } = await admin('GET', '/__admin/coverage');
      const { items = [] } = groups.find((group) => group.name === 'tls_faults') ?? {};
      setFaults(items.map(({ name, summary }) => ({ name, summary, kind: 'tls' })));
    });
  }, [boot]);
  useEffect(() => {
    load();
  }, [boot, lastId]);
  return [faults, waiting, load];
}

function Wall({ rows, statuses, onArm }) {
  const [stop, setStop] = useState('');
  const first = rows.some((row) => row.name === stop) ? stop : rows[0]?.name;
  return html`<ul class="wall" aria-label="What can be asked for" onKeyDown=${(event) => rove(event, 'button')}
    onFocusIn=${(event) => setStop(event.target.dataset.name)}>
    ${rows.map((row) => html`<li key=${row.name}><button data-name=${row.name} tabindex=${row.name === first ? 0 : -1} onClick=${() => onArm(row)}>
      <b>${breakable(row.name)}</b>${statuses.has(row.name) && html`<span class="number">${statuses.get(row.name)}</span>`}
      <span class="soft">${row.summary}</span></button></li>`)}
  </ul>`;
}

function statusesOf(contract, revision) {
  const column = contract?.revisions.find((row) => row.name === revision)?.statuses;
  return new Map((contract?.errors ?? []).map((row) => [row.name, row[column]]));
}

// What this endpoint can meet comes first: your own, situations, then its codes.
function inOrder(scenarios, contract) {
  const relevance = new Map(contract.errors.map((row) => [row.name, row.endpoint]));
  const kinds = { own: 0, situation: 1, code: 2, fault: 5, deviation: 6 };
  const later = { yes: 0, maybe: 1, no: 2 };
  const place = (row) => kinds[row.kind] + (row.kind === 'code' ? later[relevance.get(row.name)] : 0);
  return [...scenarios].sort((a, b) => place(a) - place(b));
}

function useWall() {
  const [scenarios, setScenarios] = useState([]);
  const [contract, setContract] = useState(null);
  useEffect(() => {
    attempt(async () => {
      const [list, tables] = await Promise.all([admin('GET', '/__admin/scenarios'), loadContract()]);
      setScenarios(inOrder(list.scenarios, tables));
      setContract(tables);
    });
  }, []);
  return [scenarios, contract];
}

export function Fail() {
  const { key, status, route } = useStore();
  const [scenarios, contract] = useWall();
  const [calls, setCalls] = useState(1);
  const [rows, loadQueue] = useQueue(key, status?.last_id);
  const [tlsFaults, waiting, loadTls] = useTls(status?.boot, status?.last_id);
  const all = useMemo(() => [...scenarios, ...tlsFaults], [scenarios, tlsFaults]);
  const query = route.params.get('q') || '';
  const kind = route.params.get('kind') || '';
  const set = (name, value) => {
    const params = new URLSearchParams(route.params);
    if (value) params.set(name, value);
    else params.delete(name);
    replaceParams(params);
  };
  const shown = useMemo(() => all.filter((row) => (!kind || row.kind === kind)
    && query.toLowerCase().split(/\s+/).every((word) => `${row.name} ${row.summary ?? ''}`.toLowerCase().includes(word))),
  [all, kind, query]);
  const statuses = useMemo(() => statusesOf(contract, status?.revision), [contract, status?.revision]);
  const armTls = (row) => attempt(async () => {
    await admin('POST', '/__admin/tls', { fault: row.name, connections: calls });
    say(`Armed: the next ${calls === 1 ? 'connection with TLS meets' : `${calls} connections with TLS meet`} ${row.name}${
      location.protocol === 'https:' ? '; that may be one of this page, which came by TLS too' : ''}`);
    await loadTls();
  });
  const disarmTls = () => attempt(async () => {
    await admin('DELETE', '/__admin/tls');
    say('No fault of TLS waits now');
    await loadTls();
  });
  const armKey = (row) => attempt(async () => {
    if (!key) throw new Error('Whose calls? Give an API key first.');
    const scenario = await admin('GET', `/__admin/mappings/${encodeURIComponent(row.name)}`);
    await admin('POST', '/__admin/queue', { api_key: key, steps: stepsFor(scenario, calls) });
    say(`Armed: the next ${calls === 1 ? `call of ${key} gets` : `${calls} calls of ${key} get`} ${row.name}`);
    await loadQueue();
  });
  const empty = () => attempt(async () => {
    await admin('DELETE', `/__admin/queue?api_key=${encodeURIComponent(key)}`);
    say('The queue is empty now');
    await loadQueue();
  });
  return html`<div class="fail"><div class="title"><h1>Fail</h1><p class="soft">A click arms the next calls of a key${
    tlsFaults.length ? '; a fault of TLS waits for the next connections of any client' : ''}.</p></div>
    <div class="columns"><div>
      <div class="filters"><label class="field">Calls of the key <input value=${key} spellcheck="false" autocomplete="off" onInput=${(event) => change({ key: event.target.value })} /></label>
        <label class="field short">How many <input type="number" min="1" max=${QUEUE_MAX} value=${calls} onInput=${(event) => setCalls(Math.min(QUEUE_MAX, Math.max(1, Math.floor(Number(event.target.value)) || 1)))} /></label>
        <${Search} label="Search failures" value=${query} onInput=${(text) => set('q', text)} />
        <div class="kinds" role="group" aria-label="Kind">${(tlsFaults.length ? [...KINDS, TLS_KIND] : KINDS).map(([id, name]) => html`<button aria-pressed=${kind === id} onClick=${() => set('kind', id)}>${name}</button>`)}</div>
        <p class="soft count">${shown.length} of ${all.length}</p></div>
      <${Wall} rows=${shown} statuses=${statuses} onArm=${(row) => (row.kind === 'tls' ? armTls(row) : armKey(row))} />
      ${scenarios.length > 0 && !shown.length && html`<p class="empty-list">${kind === 'own' && !query ? html`You have no scenario of your own yet. <a href="#/live">Live</a> saves one from a request.` : 'Nothing fits.'}</p>`}
    </div><${Queue} rows=${rows} waiting=${waiting} onEmpty=${empty} onDisarm=${disarmTls} /></div></div>`;
}
