// A consultation made through the REST API, as a hospital's scheduling would make it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { mintJwt } from './jwt.mjs';

export async function call(server, method, path, { token, body, headers = {}, signal } = {}) {
    const answer = await fetch(server.url + path, {
        method,
        signal,
        headers: {
            ...(token ? { Authorization: `Bearer ${token}` } : {}),
            ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
            ...headers,
        },
        body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get('content-type') ?? '') && text ? JSON.parse(text) : undefined;
    return { status: answer.status, headers: answer.headers, text, json };
}

export class Visit {
    /// Creates a session that can be joined now. `more` goes into the body of the request.
    static async create(server, more = {}) {
        const visit = new Visit();
        visit.server = server;
        visit.doctorId = `doctor-${randomUUID()}`;
        visit.patientId = `patient-${randomUUID()}`;
        visit.doctorJwt = server.secret(mintJwt(server.jwtSecret, { sub: visit.doctorId, role: 'DOCTOR' }));
        visit.patientJwt = server.secret(mintJwt(server.jwtSecret, { sub: visit.patientId, role: 'PATIENT' }));
        const created = await call(server, 'POST', '/api/video/sessions', {
            token: visit.doctorJwt,
            body: {
                doctor_id: visit.doctorId,
                patient_id: visit.patientId,
                scheduled_start_time: new Date(Date.now() - 60_000).toISOString(),
                scheduled_end_time: new Date(Date.now() + 30 * 60_000).toISOString(),
                ...more,
            },
        });
        assert.equal(created.status, 201, created.text);
        visit.session = created.json;
        visit.location = created.headers.get('location');
        visit.id = visit.session.session_id ?? visit.session.id;
        assert.ok(visit.id, 'the answer names the session');
        server.secret(visit.session.doctor_token);
        server.secret(visit.session.patient_token);
        return visit;
    }

    async join(token, body = { device_type: 'web', browser_info: 'node' }) {
        const joined = await call(this.server, 'POST', `/api/video/sessions/${this.id}/join`, { token, body });
        this.server.secret(joined.json?.attendee?.access_token);
        for (const server of joined.json?.ice_servers ?? []) this.server.secret(server.credential);
        return joined;
    }

    async seat(token) {
        const joined = await this.join(token);
        assert.equal(joined.status, 200, joined.text);
        return joined.json;
    }

    doctor() { return this.seat(this.doctorJwt); }
    patient() { return this.seat(this.patientJwt); }

    post(action, token, body) {
        return call(this.server, 'POST', `/api/video/sessions/${this.id}/${action}`, { token, body });
    }
}
