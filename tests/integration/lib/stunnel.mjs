// stunnel, as the manual starts it.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';

import { within, until } from './within.mjs';

const running = new Set();
process.once('exit', () => { for (const child of running) child.kill('SIGKILL'); });

export class Stunnel {
    output = '';

    /// Does what a block of the manual says, whose texts are replaced as `edits` say, with its files in `folder`; ready to be connected to.
    static async open(block, { folder, edits }) {
        const tunnel = new Stunnel();
        let script = block.replaceAll('/etc/stunnel', folder);
        for (const [before, after] of edits) {
            if (!script.includes(before)) throw new Error(`the manual does not say ${before}:\n${block}`);
            script = script.replaceAll(before, after);
        }
        // Where it can be ended, and alone: Debian's own settings of it are not the test's.
        script = script.replace("<<'CONF'\n", `<<'CONF'\nforeground = yes\npid =\n`).replace(/^stunnel4 /m, 'exec stunnel4 ');
        const [, port] = script.match(/^accept = 127\.0\.0\.1:(\d+)$/m);
        tunnel.child = spawn('sh', ['-e', '-c', script], { cwd: join(folder), stdio: ['ignore', 'pipe', 'pipe'] });
        running.add(tunnel.child);
        for (const stream of [tunnel.child.stdout, tunnel.child.stderr])
            stream.setEncoding('utf8').on('data', (text) => { tunnel.output += text; });
        tunnel.ended = new Promise((done) => tunnel.child.once('close', () => done(running.delete(tunnel.child))));
        await until(() => new Promise((done) => {
            if (tunnel.child.exitCode !== null) throw new Error(`stunnel ended:\n${tunnel.output}`);
            const probe = connect(Number(port), '127.0.0.1');
            probe.once('connect', () => { probe.destroy(); done(true); }).once('error', () => done(false));
        }), () => `stunnel:\n${tunnel.output}`);
        return tunnel;
    }

    async close() {
        this.child.kill('SIGKILL');
        await within(this.ended, 'the end of stunnel');
    }
}
