// The commands of the manuals, as they are printed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { build, repository } from '../../e2e/lib/server.mjs';
import { environment } from './daemon.mjs';
import { programs } from './postgres.mjs';
import { within } from './within.mjs';

/// What stands for commands that only an administrator's machine has: services are the test's to stop, and it is everybody itself.
const kStandIns = 'systemctl() { :; }\napt() { :; }\nsudo() { shift 2; "$@"; }\n';

/// A section's blocks, one after the other, each to be used once: what is printed there and never tried is told at the end.
export class Manual {
    #left;
    #file;
    /// Parts of configurations.
    fenced;

    constructor(section, file = 'docs/operations.md') {
        this.#file = file;
        const text = readFileSync(join(repository, file), 'utf8').split(/^(?=## )/m).find((part) => part.startsWith(`## ${section}\n`));
        if (!text) throw new Error(`${file} has no section "${section}"`);
        this.fenced = [...text.matchAll(/^```\w*\n(.*?)^```$/gms)].map((found) => found[1]);
        this.#left = text.replace(/^```.*?^```$/gms, '').match(/(?:^ {4}.*\n)+/gm).map((block) => block.replace(/^ {4}/gm, ''));
    }

    /// The next block; it must hold that text.
    next(holds) {
        const block = this.#left.shift();
        if (!block?.includes(holds)) throw new Error(`${this.#file} has ${JSON.stringify(block)} where "${holds}" was tried`);
        return block;
    }

    get left() { return this.#left; }
}

/// Runs a block, whose texts are replaced as `edits` say, pair by pair; resolves with its output. `input` is what is typed.
export function perform(block, { edits = [], env = {}, cwd, input = '' } = {}) {
    let script = block;
    for (const [before, after] of edits) {
        if (!script.includes(before)) throw new Error(`the manual does not say ${before}:\n${block}`);
        script = script.replaceAll(before, () => after);
    }
    const path = [join(build, 'bin'), programs, process.env.PATH].filter(Boolean).join(':');
    // Without a terminal programs read passwords from their input.
    const shell = spawn('sh', ['-e', '-c', `${kStandIns}${script}`], { cwd, detached: true, env: { ...environment(env), PATH: path } });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.setEncoding('utf8').on('data', (text) => { output += text; });
    // One that reads nothing may have ended by now.
    shell.stdin.on('error', () => {}).end(input);
    return within(new Promise((done, fail) => shell.once('close', (code) => {
        if (code === 0) done(output);
        else fail(Object.assign(new Error(`exit ${code}:\n${script}\n${output}`), { code, output }));
    })), () => `the end of\n${script}\n${output}`, 60_000);
}
