// Stores that records are copied between, and televisitctl that does it.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { builtIn } from './control.mjs';
import { Daemon, build, environment, plugins, testPlugins } from './daemon.mjs';
import { programs } from './postgres.mjs';
import { until, within } from './within.mjs';

const program = join(build, 'bin/televisitctl');
const script = join(dirname(fileURLToPath(import.meta.url)), 'rows.py');
const run = promisify(execFile);

/// A folder with the state of a hospital, and a configuration for each store that it ever had.
export class Copying {
    secrets = new Set();

    constructor() {
        this.folder = mkdtempSync(join(tmpdir(), 'televisit-copy-'));
        this.state = join(this.folder, 'state');
        this.progress = join(this.state, 'storage-copy.progress');
    }

    /// The shipped file for one store, named by its id; `edits` as pairs of texts.
    configure(name, store, ...edits) {
        let text = builtIn().replaceAll('${env:TELEVISIT_STORAGE:-sqlite}', store).replaceAll('${env:TELEVISIT_STATE_DIR:-var}', this.state);
        for (const [before, after] of edits) {
            if (!text.includes(before)) throw new Error(`no ${before} in the shipped file`);
            text = text.replace(before, () => after);
        }
        const file = join(this.folder, `${name}.yaml`);
        writeFileSync(file, text);
        return file;
    }
    sqlite(name) {
        return this.configure(name, 'sqlite', [`\${env:TELEVISIT_SQLITE_PATH:-${this.state}/televisit.db}`, join(this.folder, `${name}.db`)]);
    }
    postgres(name, database) { return this.configure(name, 'postgres', ['url: ${env:TELEVISIT_DATABASE_URL:-}', `url: ${database.url}`]); }
    redis(name, server) { return this.configure(name, 'redis', ['url: ${env:TELEVISIT_REDIS_URL:-}', `url: unix:${server.socket}`]); }
    memory(name) { return this.configure(name, 'memory'); }
    /// A vendor's store, which offers no copy.
    vendors(name) { return this.configure(name, 'memory', [`plugin_path: ${plugins}`, `plugin_path: ${plugins}:${testPlugins}`],
        ['use: storage-memory\n', 'use: faulty-store\n']); }

    /// Runs televisitctl to its end.
    control(...words) {
        return new Promise((done) => execFile(program, words, { env: environment() },
            (failure, out, error) => done({ status: failure ? failure.code : 0, out, error })));
    }
    copy(from, to, ...more) { return this.control('storage', 'copy', '--from', from, '--to', to, ...more); }
    compare(from, to) { return this.control('storage', 'compare', '--from', from, '--to', to); }

    /// Rows of the file of an SQLite store, by the name that it was configured with.
    async rows(name, query) {
        const { stdout } = await run('python3', [script, join(this.folder, `${name}.db`), query, '[]']);
        return JSON.parse(stdout);
    }

    /// Kills a copy into PostgreSQL in the middle: where it waits for a transaction that has done `sql`, with the kind of that
    /// number before it or half done.
    async killedAt(kind, sql, from, to, database) {
        const holder = spawn(join(programs, 'psql'), ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', database.url], { stdio: ['pipe', 'pipe', 'inherit'] });
        const released = new Promise((done) => holder.once('close', done));
        const held = new Promise((done) => holder.stdout.once('data', done));
        holder.stdin.write(`BEGIN;\n${sql};\n\\echo held\n`);
        await within(Promise.race([held, released.then(() => Promise.reject(new Error(`cannot hold ${sql}`)))]), 'a lock');
        const child = spawn(program, ['storage', 'copy', '--from', from, '--to', to], { env: environment(), stdio: 'ignore' });
        const ended = new Promise((done) => child.once('close', (code, signal) => done(signal)));
        try {
            await until(() => this.interrupted?.split('\n')[2]?.startsWith(`${kind} `), `a copy at kind ${kind}`);
            await until(async () => (await database.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).length > 0,
                'a copy that waits');
            child.kill('SIGKILL');
            assert.equal(await within(ended, 'the end of the copy'), 'SIGKILL');
        } finally {
            child.kill('SIGKILL');
            holder.stdin.end();
            await within(released, 'the end of the lock');
        }
    }
    get interrupted() { return existsSync(this.progress) ? readFileSync(this.progress, 'utf8') : undefined; }

    /// Runs a server on one of the configurations while `work(server)` goes on; it stands for the hospital, for tokens keep their
    /// meaning.
    async serve(file, jwtSecret, work) {
        const daemon = await Daemon.start({ config: readFileSync(file, 'utf8'), state: this.state, env: { TELEVISIT_JWT_SECRET: jwtSecret } });
        try {
            for (const text of [jwtSecret, ...this.secrets]) daemon.secret(text);
            const result = await work({ url: daemon.url, jwtSecret, secret: (text) => {
                if (text) this.secrets.add(text);
                return daemon.secret(text);
            } });
            await daemon.stop();
            return result;
        } finally {
            await daemon.kill();
        }
    }

    close() { rmSync(this.folder, { recursive: true, force: true }); }
}
