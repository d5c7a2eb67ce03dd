// What servers have acknowledged, and whether it is all there.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { call } from '../../e2e/lib/visit.mjs';

const hash = (text) => createHash('sha256').update(text).digest('hex');

function bySession(rows) {
    const groups = new Map();
    for (const row of rows) {
        if (!groups.has(row.session_id)) groups.set(row.session_id, []);
        groups.get(row.session_id).push(row);
    }
    return groups;
}

/// One visit: what was asked for, and what of it was acknowledged.
export class Entry {
    constructor({ key, token, body }) { Object.assign(this, { key, token, body }); }
    /// The answer to its creation.
    session = undefined;
    status = 'SCHEDULED';
    start = undefined;
    invitations = [];
    /// By user: the last access token that was given out.
    joined = new Map();
    entered = new Set();
    left = new Set();

    get id() { return this.session.session_id; }
    get path() { return `/api/video/sessions/${this.id}`; }
}

export class Ledger {
    entries = [];
    /// Acknowledged writes; those whose answer was not heard, or was "not now".
    acknowledged = 0;
    unheard = 0;

    open(wanted) {
        const entry = new Entry(wanted);
        this.entries.push(entry);
        return entry;
    }

    /// Through REST: each visit as it was left, and one answer to a request however often it is sent.
    async compareThroughRest(server) {
        const waiting = [...this.entries];
        const reader = async () => { for (let entry = waiting.pop(); entry; entry = waiting.pop()) await this.#compare(server, entry); };
        await Promise.all(Array.from({ length: 8 }, reader));
    }

    async #compare(server, entry) {
        const { token, body, session } = entry;
        const kept = await call(server, 'GET', entry.path, { token });
        assert.equal(kept.status, 200, `${entry.id}: ${kept.text}`);
        assert.equal(kept.json.status, entry.status, entry.id);
        if (entry.start) assert.equal(Date.parse(kept.json.scheduled_start_time), Date.parse(entry.start), entry.id);
        const again = await call(server, 'POST', '/api/video/sessions', { token, body, headers: { 'Idempotency-Key': entry.key } });
        assert.equal(again.status, 201, again.text);
        for (const name of ['session_id', 'room_id', 'doctor_token', 'patient_token']) assert.equal(again.json[name], session[name], name);
        if (entry.status === 'ACTIVE')
            for (const access of entry.joined.values()) {
                const servers = await call(server, 'GET', `${entry.path}/ice-servers`, { token: access });
                assert.equal(servers.status, 200, `${entry.id}: ${servers.text}`);
            }
        const { json: { items } } = await call(server, 'GET', `${entry.path}/attendees`, { token });
        assert.deepEqual(items.map((one) => one.user_id).filter((user) => entry.joined.has(user)).sort(), [...entry.joined.keys()].sort());
    }

    /// In the storage itself: nothing is missing, and nothing is there twice.
    compareWith({ sessions, attendees, invitations, usage, events }) {
        const byId = new Map(sessions.map((row) => [row.id, row]));
        const patients = new Set(sessions.map((row) => row.patient_id));
        assert.equal(patients.size, sessions.length, 'no request made two sessions');
        const of = (rows, id) => rows.get(id) ?? [];
        const [people, guests, figures, told] = [attendees, invitations, usage, events].map(bySession);
        for (const entry of this.entries) {
            assert.equal(byId.get(entry.id)?.status, entry.status, entry.id);
            for (const [user, token] of entry.joined) {
                const row = of(people, entry.id).find((one) => one.user_id === user);
                assert.ok(row, `${entry.id}: ${user} has joined`);
                if (entry.status === 'ACTIVE') assert.equal(row.access_token, hash(token), `${entry.id}: the last token of ${user}`);
                if (entry.entered.has(user)) assert.ok(row.came, `${entry.id}: ${user} has entered`);
                if (entry.left.has(user)) assert.ok(row.gone, `${entry.id}: ${user} has left`);
            }
            const invited = of(guests, entry.id).map((one) => one.id);
            for (const id of entry.invitations) assert.ok(invited.includes(id), `${entry.id}: ${id} is invited`);
            assert.deepEqual(of(figures, entry.id).map((row) => row.total_participants), entry.status === 'COMPLETED' ? [entry.entered.size] : []);
            const times = Object.fromEntries(of(told, entry.id).map((row) => [row.type, Number(row.times)]));
            assert.equal(times['session.created'], 1, entry.id);
            assert.equal(times['session.active'] ?? 0, entry.entered.size > 0 ? 1 : 0, entry.id);
            assert.equal(times[`session.${entry.status.toLowerCase()}`], 1, `${entry.id}: ${JSON.stringify(times)}`);
        }
    }
}
