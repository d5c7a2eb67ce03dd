// People with tokens, and sessions at chosen times, against one running server.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { mintJwt } from '../../../../tests/e2e/lib/jwt.mjs';
import { call as callUnchecked } from '../../../../tests/e2e/lib/visit.mjs';
import { Contract } from './contract.mjs';

export { mintJwt };
export { Server, freePort } from '../../../../tests/e2e/lib/server.mjs';

export const kSessions = '/api/video/sessions';
export const contract = new Contract();

/// Calls the server, and checks that the answer is one of those that the document promises.
export async function call(server, method, path, options = {}) {
    const answer = await callUnchecked(server, method, path, options);
    // The document is about the public listener; what the admin listener has of it is health alone.
    if (!server.isAdmin || path.startsWith('/health')) contract.check(method, path, answer, options.body);
    return answer;
}

export class Person {
    constructor(server, role, id = `${role.toLowerCase()}-${randomUUID()}`) {
        Object.assign(this, { server, role, id });
        this.token = server.secret(mintJwt(server.jwtSecret, { sub: id, role }));
    }

    /// Calls `/api/video/sessions` + path as this person.
    ask(method, path, body, headers) {
        return call(this.server, method, kSessions + path, { token: this.token, body, headers });
    }
}

const minutes = (n) => new Date(Date.now() + n * 60_000).toISOString();

/// A body for `create`, with a window that is open now unless other minutes are given.
export function draft(doctor, patient, { from = -1, to = 30, ...more } = {}) {
    return {
        doctor_id: doctor.id, patient_id: patient.id,
        scheduled_start_time: minutes(from), scheduled_end_time: minutes(to), ...more,
    };
}

export async function pair(server, more) {
    const doctor = new Person(server, 'DOCTOR');
    const patient = new Person(server, 'PATIENT');
    const created = await doctor.ask('POST', '', draft(doctor, patient, more));
    assert.equal(created.status, 201, created.text);
    const session = created.json;
    server.secret(session.doctor_token);
    server.secret(session.patient_token);
    return { server, doctor, patient, session, path: `/${session.session_id}`, created };
}

/// The problem document that a refusal must be.
export function assertProblem(answer, status, code) {
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
    assert.equal(answer.json.status, status);
    assert.equal(answer.json.code, code, answer.text);
    for (const member of ['type', 'title', 'detail']) assert.equal(typeof answer.json[member], 'string', member);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    return answer.json;
}
