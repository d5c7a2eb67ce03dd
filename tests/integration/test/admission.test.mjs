// A plugin that has a say in who may join: its verdicts, its failures, and its silence.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { small } from '../lib/config.mjs';
import { Daemon } from '../lib/daemon.mjs';
import { TestVisit, call } from '../lib/visit.mjs';
import { until } from '../lib/within.mjs';

const kDeadlineMs = 1000;

const steered = (when_unavailable) => small({
    plugins: [{ id: 'policy', use: 'steered-admission', loop: true }],
    roles: { admission: 'policy' },
    sessions: { admission: { deadline: `${kDeadlineMs}ms`, ...(when_unavailable ? { when_unavailable } : {}) } },
});

async function steer(daemon, mode) {
    const answer = await daemon.admin(`/steered/admission?mode=${mode}`, { method: 'POST' });
    assert.equal((await answer.json()).mode, mode);
}
const hanging = async (daemon) => (await (await daemon.admin('/steered/admission')).json()).hanging;
const join = (visit, token = visit.doctorToken) => visit.post('join', token, {});

function assertProblem(answer, status, code) {
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
    assert.equal(answer.json.code, code);
    assert.doesNotMatch(answer.text, /steered|SELECT|internal|staff list/);
}

for (const [setting, silent] of [[undefined, 503], ['refuse', 503], ['admit', 200]])
    describe(`an admission policy, when_unavailable: ${setting ?? 'not set'}`, () => {
        let daemon, visit;
        before(async () => {
            daemon = await Daemon.start({ config: steered(setting) });
            visit = await TestVisit.create(daemon);
        });
        after(() => daemon?.stop());
        afterEach(() => daemon && steer(daemon, 'admit'));

        const assertWithout = (answer) => {
            if (answer.status === 200) daemon.secret(answer.json.attendee.access_token);
            if (silent === 200) return assert.equal(answer.status, 200, answer.text);
            assertProblem(answer, 503, 'admission_unavailable');
            assert.match(answer.headers.get('retry-after'), /^[1-9]\d*$/);
        };

        test('admits, refuses with its reason, and asks to wait', async () => {
            await visit.doctor();
            await steer(daemon, 'refuse');
            const refused = await join(visit);
            assertProblem(refused, 403, 'consent_missing');
            assert.equal(refused.json.detail, 'Please sign the form first.');
            await steer(daemon, 'wait');
            const wait = await join(visit);
            assertProblem(wait, 409, 'doctor_busy');
            assert.equal(wait.headers.get('retry-after'), '7');
        });

        for (const mode of ['fail', 'throw'])
            test(`that it does ${mode} is contained`, async () => {
                await steer(daemon, mode);
                for (let i = 0; i < 5; ++i) assertWithout(await join(visit));
                await steer(daemon, 'admit');
                await visit.doctor();
            });

        test('that it hangs past its deadline costs nobody else anything', async () => {
            await steer(daemon, 'hang');
            // As many as rest-api has workers, and more than the policy's silences that are borne.
            const first = Promise.all(Array.from({ length: 4 }, () => join(visit)));
            await until(async () => await hanging(daemon) === 4, 'joins that hang');
            const behind = visit.get();
            for (const answer of await first) assertWithout(answer);
            assert.equal((await behind).status, 200, 'what waited behind them is answered');
            // From now on nobody waits but one who tries: more joins than would have time one after the other.
            const later = Array.from({ length: 40 }, () => join(visit));
            const others = Array.from({ length: 10 }, () => visit.get());
            for (const answer of await Promise.all(later)) assertWithout(answer);
            for (const answer of await Promise.all(others)) assert.equal(answer.status, 200, answer.text);
            assert.ok(await daemon.metric('televisit_admission_unanswered_total') >= 44);

            await steer(daemon, 'admit');
            await until(async () => {
                const answer = await join(visit);
                if (answer.status === 200) daemon.secret(answer.json.attendee.access_token);
                return answer.status === 200;
            }, 'a policy that is asked again');
            await until(async () => await hanging(daemon) === 0, 'the end of every question that hung');
        });

        test('a hanging policy is not asked about what it has no say in', async () => {
            await steer(daemon, 'hang');
            const stranger = await call(daemon, 'POST', visit.path('join'), { token: 'test.somebody.DOCTOR', body: {} });
            assertProblem(stranger, 404, 'session_not_found');
            assert.equal(await hanging(daemon), 0);
        });
    });
