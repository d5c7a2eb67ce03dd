// A server whose state outlives it: killed without warning, and started again on what it has left.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Daemon } from './daemon.mjs';

const script = join(dirname(fileURLToPath(import.meta.url)), 'rows.py');
const run = promisify(execFile);

/// Stands for the server of the moment: `url`, `secret` and `jwtSecret` are what a visit asks of one.
export class Hospital {
    #config;
    #env;
    #folder;
    #secrets = new Set();
    jwtSecret = randomBytes(32).toString('hex');

    static async open(config, { env = {} } = {}) {
        const hospital = new Hospital();
        hospital.#config = config;
        hospital.#env = env;
        hospital.#folder = mkdtempSync(join(tmpdir(), 'televisit-hospital-'));
        await hospital.#start();
        return hospital;
    }

    get state() { return join(this.#folder, 'state'); }
    /// For the next start.
    set env(env) { this.#env = env; }
    get url() { return this.daemon.url; }

    async #start() {
        this.daemon = await Daemon.start({ config: this.#config, state: this.state, env: { TELEVISIT_JWT_SECRET: this.jwtSecret, ...this.#env } });
        for (const text of [this.jwtSecret, ...this.#secrets]) this.daemon.secret(text);
    }

    /// Remembers a text that neither the log nor the files of records may hold.
    secret(text) {
        if (text) this.#secrets.add(text);
        return this.daemon.secret(text);
    }

    /// kill -9 and a new start; `times` in a row, each as soon as the server took work again. `meanwhile` runs in between.
    async crash(times = 1, meanwhile = async () => {}) {
        for (let i = 0; i < times; ++i) {
            const { daemon } = this;
            await daemon.kill();
            assert.equal(daemon.exit.signal, 'SIGKILL', daemon.output);
            daemon.assertDiscreet();
            await meanwhile();
            await this.#start();
        }
    }

    /// Rows of the file of records.
    async rows(query, ...values) {
        const { stdout } = await run('python3', [script, join(this.state, 'televisit.db'), query, JSON.stringify(values)]);
        return JSON.parse(stdout);
    }

    /// Moves the end of a session that many days into the past. For while no server runs.
    async age(sessionId, days) {
        const update = 'UPDATE video_consultation_sessions SET closed_at = closed_at - ? WHERE id = ?';
        const program = 'import json, sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as db: db.execute(sys.argv[2], json.loads(sys.argv[3]))';
        await run('python3', ['-c', program, join(this.state, 'televisit.db'), update, JSON.stringify([days * 86_400_000_000, sessionId])]);
    }

    /// What has been told about a session: how often each kind of event.
    async events(sessionId) {
        const rows = await this.rows(
            'SELECT type, count(*) AS count FROM video_consultation_events WHERE session_id = ? GROUP BY type', sessionId);
        return Object.fromEntries(rows.map((row) => [row.type, row.count]));
    }

    /// Fails when a secret stands in the files of records, or in `text`. People's ids and names are no secrets here.
    assertHashed(text = '') {
        for (const secret of this.#secrets) assert.ok(!text.includes(secret), 'a token in clear');
        for (const name of readdirSync(this.state).filter((file) => file.startsWith('televisit.db'))) {
            const bytes = readFileSync(join(this.state, name));
            for (const secret of this.#secrets) assert.ok(!bytes.includes(secret), `${name} holds a token in clear`);
        }
    }

    async close() {
        try {
            this.assertHashed();
            await this.daemon.stop();
        } finally {
            await this.daemon.kill();
            rmSync(this.#folder, { recursive: true, force: true });
        }
    }
}
