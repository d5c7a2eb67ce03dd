// A PostgreSQL server of the test's own, on a unix socket in a folder of its own.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { until, within } from './within.mjs';

const run = promisify(execFile);
const kVersions = '/usr/lib/postgresql';
/// Where Debian puts the programs of the newest version; nothing when there is none.
export const programs = existsSync(kVersions)
    ? readdirSync(kVersions).sort((a, b) => Number(b) - Number(a)).map((version) => join(kVersions, version, 'bin'))
        .find((folder) => existsSync(join(folder, 'postgres')))
    : undefined;

/// PostgreSQL refuses to be root.
const owner = process.getuid() === 0
    ? { uid: Number(execFileSync('id', ['-u', 'postgres'])), gid: Number(execFileSync('id', ['-g', 'postgres'])) }
    : {};

/// A server whose unix socket is in that folder.
export const urlAt = (folder) => `postgresql:///postgres?host=${folder}&user=postgres`;
export const socketIn = (folder) => join(folder, '.s.PGSQL.5432');

/// Those that still run: no failure of a test may leave one behind.
const running = new Set();
process.once('exit', () => { for (const child of running) child.kill('SIGQUIT'); });

export class Postgres {
    #child;
    #ended;

    static async open() {
        const server = new Postgres();
        server.#makeFolder();
        await run(join(programs, 'initdb'), ['--pgdata=data', '--username=postgres', '--auth=trust', '--no-sync', '--encoding=UTF8',
            '--locale=C.UTF-8'], { cwd: server.folder, ...owner });
        await server.start();
        return server;
    }

    #makeFolder() {
        this.folder = mkdtempSync(join(tmpdir(), 'televisit-postgres-'));
        chmodSync(this.folder, 0o755);
        if (owner.uid !== undefined) chownSync(this.folder, owner.uid, owner.gid);
    }

    get url() { return urlAt(this.folder); }
    /// Its unix socket.
    get path() { return socketIn(this.folder); }

    async start() {
        this.#child = spawn(join(programs, 'postgres'), ['-D', 'data', '-k', this.folder, '-c', 'listen_addresses=', '-c', 'fsync=off'],
            { cwd: this.folder, stdio: 'ignore', ...owner });
        const child = this.#child;
        running.add(child);
        this.#ended = new Promise((done) => child.once('close', () => done(running.delete(child))));
        await until(() => this.sql('SELECT 1').then(() => true, () => false), 'PostgreSQL');
    }

    /// Lines of unaligned output.
    async sql(text) {
        const { stdout } = await run(join(programs, 'psql'), ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', this.url, '-c', text]);
        return stdout.split('\n').slice(0, -1);
    }

    async dump() {
        const { stdout } = await run(join(programs, 'pg_dump'), ['--inserts', '-d', this.url], { maxBuffer: 1 << 28 });
        return stdout;
    }

    /// To all its processes.
    signal(name) {
        const children = readFileSync(`/proc/${this.#child.pid}/task/${this.#child.pid}/children`, 'utf8').trim().split(/\s+/);
        for (const pid of children.filter(Boolean)) {
            try {
                process.kill(Number(pid), name);
            } catch (failure) {
                if (failure.code !== 'ESRCH') throw failure;  // it has just ended by itself
            }
        }
        process.kill(this.#child.pid, name);
    }

    /// Ends it without a goodbye.
    async kill() {
        this.signal('SIGKILL');
        await within(this.#ended, 'the end of PostgreSQL');
    }

    /// Stops it as `pg_ctl stop` does: `fast` ends its clients first, `immediate` is a crash that it knows of.
    async stop(mode) {
        this.#child.kill({ fast: 'SIGINT', immediate: 'SIGQUIT' }[mode]);
        await within(this.#ended, 'the end of PostgreSQL');
    }

    async close() {
        if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
        rmSync(this.folder, { recursive: true, force: true });
    }
}
