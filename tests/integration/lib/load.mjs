// People who go through visits while servers are killed under them, and note what was acknowledged.
import assert from 'node:assert/strict';

import { mintJwt } from '../../e2e/lib/jwt.mjs';
import { call } from '../../e2e/lib/visit.mjs';
import { Ledger } from './ledger.mjs';
import { Peer } from './peer.mjs';
import { pick, seeded } from './seeded.mjs';
import { until } from './within.mjs';

/// Longer than any deadline of the server's: who waits so long waits for ever.
const kHung = 15_000;
/// So many visits are looked for in logs and files of records; to look for all would take longer than the visits.
const kSecretVisits = 40;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/// One request; nothing when the connection is lost. Whoever waits in vain fails.
export async function once(server, method, path, options) {
    try {
        return await call(server, method, path, { ...options, signal: AbortSignal.timeout(kHung) });
    } catch (failure) {
        assert.notEqual(failure.name, 'TimeoutError', `${method} ${path} is not answered`);
        return undefined;
    }
}

/// "Not now", as it must be said.
export function assertAway(answer) {
    assert.equal(answer.status, 503, answer.text);
    assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
    assert.doesNotMatch(answer.text, /postgres|sqlite|redis|SELECT|connection|\/tmp/i);
}

export class Load {
    #clients;
    #failure;
    #over = false;
    #secretVisits = 0;
    ledger = new Ledger();

    /// `clients` of them begin at once, on the server that `hospital` stands for.
    constructor(hospital, { clients = 6, seed }) {
        this.hospital = hospital;
        this.#clients = Array.from({ length: clients }, (_, number) => this.#run(`${seed}-${number}`, seeded(seed * 1_000 + number)));
    }

    async #run(name, random) {
        try {
            for (let number = 0; !this.#over && !this.#failure; ++number) await this.#visit(`${name}-${number}`, random);
        } catch (failure) {
            this.#failure ??= failure;
        }
    }

    /// Until so many more writes are acknowledged: servers that came back work again, without anybody's help.
    goesOn(writes) { return this.#rises('acknowledged', writes); }
    /// Until so many more requests had no answer, or "not now".
    isRefused(requests) { return this.#rises('unheard', requests); }

    #rises(figure, by) {
        const wanted = this.ledger[figure] + by;
        return until(() => {
            if (this.#failure) throw this.#failure;
            return this.ledger[figure] >= wanted;
        }, () => `${wanted} ${figure}: ${this.ledger[figure]}`, 60_000);
    }

    /// Everybody goes through their visit to its end.
    async end() {
        this.#over = true;
        await Promise.all(this.#clients);
        if (this.#failure) throw this.#failure;
    }

    /// Everybody stops where they are.
    async giveUp() {
        this.#failure ??= new Error('given up');
        await Promise.all(this.#clients);
    }

    async #patience(ms = 20) {
        if (this.#failure) throw this.#failure;
        await pause(ms);
    }

    /// The same request until there is an answer that says more than "not now". `unsure`: one before it may have taken effect.
    async #settle(method, path, options) {
        for (let unsure = false; ; unsure = true) {
            const answer = await once(this.hospital, method, path, options);
            if (answer?.status === 503) assertAway(answer);
            else if (answer) return Object.assign(answer, { unsure });
            ++this.ledger.unheard;
            await this.#patience();
        }
    }

    /// `#settle` with the answer that is due. `instead`: what an earlier request that took effect may make of it.
    async #write(expected, instead, method, path, options) {
        const answer = await this.#settle(method, path, options);
        const fits = answer.status === expected || (answer.unsure && answer.status === instead);
        assert.ok(fits, `${method} ${path}: ${answer.status} ${answer.text}`);
        ++this.ledger.acknowledged;
        return answer;
    }

    async #visit(name, random) {
        const secret = this.#secretVisits++ < kSecretVisits ? (text) => this.hospital.secret(text) : (text) => text;
        const people = Object.fromEntries(['DOCTOR', 'PATIENT'].map((role) => {
            const sub = `${role.toLowerCase()}-${name}`;
            return [role, { sub, token: secret(mintJwt(this.hospital.jwtSecret, { sub, role })) }];
        }));
        const body = {
            doctor_id: people.DOCTOR.sub, patient_id: people.PATIENT.sub,
            scheduled_start_time: new Date(Date.now() - 60_000).toISOString(),
            scheduled_end_time: new Date(Date.now() + 60 * 60_000).toISOString(),
        };
        const entry = this.ledger.open({ key: name, token: people.DOCTOR.token, body });
        entry.session = (await this.#write(201, undefined, 'POST', '/api/video/sessions',
            { token: entry.token, body, headers: { 'Idempotency-Key': name } })).json;
        for (const token of [entry.session.doctor_token, entry.session.patient_token]) secret(token);
        await (random() < 0.25 ? this.#callOff(entry) : this.#meet(entry, people, random, secret));
    }

    async #callOff(entry) {
        const { token } = entry;
        const start = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 600_000).toISOString();
        await this.#write(200, 412, 'PATCH', entry.path,
            { token, body: { scheduled_start_time: start }, headers: { 'If-Match': `"${entry.session.version}"` } });
        entry.start = start;
        await this.#write(200, 409, 'POST', `${entry.path}/cancel`, { token });
        entry.status = 'CANCELLED';
    }

    async #meet(entry, { DOCTOR: doctor, PATIENT: patient }, random, secret) {
        const { token } = entry;
        const guest = await this.#write(201, undefined, 'POST', `${entry.path}/invitations`, { token, body: { role: 'GUEST' } });
        entry.invitations.push(guest.json.invitation_id);
        secret(guest.json.token);
        const peers = [];
        for (const who of [doctor, patient]) {
            peers.push(await this.#enter(entry, who, secret));
            entry.status = 'ACTIVE';
        }
        await peers[1].ask('send_message', { room_id: peers[1].roomId, user_id: patient.sub, message: 'good morning', timestamp: '' })
            .catch(() => {});  // what is said is kept nowhere
        const end = pick(random, ['leave over REST', 'leave the room', 'together', 'never']);
        if (end.startsWith('leave')) await this.#leave(entry, peers[1], patient, end);
        if (end !== 'never') {
            await this.#write(200, 409, 'POST', `${entry.path}/end`, { token });
            entry.status = 'COMPLETED';
        }
        for (const peer of peers) peer.destroy();
    }

    async #enter(entry, { sub, token }, secret) {
        const seat = (await this.#write(200, undefined, 'POST', `${entry.path}/join`, { token, body: { device_type: 'web' } })).json;
        entry.joined.set(sub, secret(seat.attendee.access_token));
        for (;;) {
            const peer = await Peer.connect(this.hospital, seat).catch(() => undefined);
            const answer = await peer?.ask('join_room', peer.entry()).catch(() => undefined);
            if (answer?.ok) {
                entry.entered.add(sub);
                ++this.ledger.acknowledged;
                return peer;
            }
            peer?.destroy();
            ++this.ledger.unheard;
            // All come from one address, which may ask only so often.
            if (answer) assert.match(answer.code, /^(unavailable|timeout|busy|backplane_down|too_many_events_from_address)$/, JSON.stringify(answer));
            await this.#patience(100);
        }
    }

    async #leave(entry, peer, { sub, token }, how) {
        const answer = how === 'leave the room' && await peer.ask('leave_room', { room_id: peer.roomId, user_id: sub }).catch(() => undefined);
        if (!answer?.ok) await this.#write(204, undefined, 'POST', `${entry.path}/leave`, { token });
        else ++this.ledger.acknowledged;
        entry.left.add(sub);
    }
}
