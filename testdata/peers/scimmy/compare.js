// Asks the same of scimdeck, over HTTP, and of SCIMMY's resource classes, and
// compares status, scimType and the resource afterwards.
//
//     npm ci && node compare.js BINARY
//
// The program runs in strict mode, since SCIMMY has no word for what clients are
// forgiven. Where the two differ, the case says why with the section that decides;
// a difference without a reason and a reason without a difference fail.
import {execFileSync, spawn} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {isDeepStrictEqual} from "node:util";

import SCIMMY from "scimmy";

const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

const ada = {
    schemas: [core], userName: "ada", externalId: "a1", active: true, title: "Countess",
    name: {givenName: "Ada", familyName: "Lovelace"},
    emails: [{value: "ada@work.example", type: "work", primary: true}, {value: "ada@home.example", type: "home"}],
};
const bob = {
    schemas: [core, enterprise], userName: "Bob", active: false, emails: [{value: "bob@work.example", type: "work"}],
    [enterprise]: {department: "R&D"},
};

const create = (more, why) => ({method: "POST", body: {schemas: [core], userName: "eve", ...more}, why});
const replace = (body, why) => ({method: "PUT", body, why});
const patch = (operations, why) => ({method: "PATCH", body: {schemas: [patchOp], Operations: [operations].flat()}, why});
const find = (filter, why) => ({method: "GET", filter, why});

// Reasons that several cases share.
const folded = "RFC 7643 §2.2: a string's case does not matter where caseExact is not true, as with userName (§4.1.1)";
const structure = "RFC 7644 §3.12, table 9: invalidSyntax is for the message, invalidValue for a value that does not fit an attribute";

const cases = [
    create({}),
    create({schemas: undefined}, "RFC 7643 §3: the schemas attribute is REQUIRED; SCIMMY leaves that to its routers"),
    create({userName: undefined}),
    create({userName: ""}, "RFC 7643 §4.1.1: each User MUST include a non-empty userName value"),
    create({userName: 7}),
    create({active: "true"}),
    create({title: null}),
    create({emails: []}, "RFC 7643 §2.5: an empty array and absence are the same state; ours has one form for it"),
    create({emails: {value: "a@b.example"}}),
    create({emails: [{value: "a@b.example", primary: true}, {value: "b@b.example", primary: true}]}, "RFC 7643 §2.4: primary true MUST appear no more than once"),
    create({shoe: 42}),
    create({groups: [{value: "g"}]}),
    create({password: "secret"}),

    replace({schemas: [core], userName: "ada", active: false}),
    replace({schemas: [core], active: false}),

    patch([], structure),
    patch({op: "move", path: "title", value: "x"}),
    patch({op: "replace", path: "active", value: false}),
    patch({op: "replace", path: "nickName", value: "x"}),
    patch({op: "replace", value: {active: false, title: "x"}}),
    patch({op: "replace", path: "name.givenName", value: "x"}),
    patch({op: "replace", path: "name", value: {givenName: "x"}}, "RFC 7644 §3.5.2.3: sub-attributes that are not specified SHALL be left unchanged"),
    patch({op: "replace", path: "emails", value: [{value: "x@x.example"}]}),
    patch({op: "replace", path: 'emails[type eq "home"].value', value: "x@x.example"}),
    patch({op: "replace", path: 'emails[type eq "home"]', value: {value: "x@x.example", type: "home"}}),
    patch({op: "replace", path: 'emails[type eq "other"].value', value: "x@x.example"}),
    patch({op: "replace", path: `${enterprise}:department`, value: "x"}),
    patch({op: "replace", path: "active", value: "yes"}),
    patch({op: "replace", path: "shoe", value: "x"}),
    patch({op: "replace", path: "groups", value: [{value: "x"}]}, "RFC 7644 §3.5.2: a readOnly attribute cannot be changed; §3.12, table 9 has mutability for it"),
    patch({op: "replace", path: "id", value: "x"}),
    patch({op: "add", path: "nickName", value: "x"}),
    patch({op: "add", path: "nickName"}),
    patch({op: "add", path: "emails", value: [{value: "x@x.example", type: "other"}]}),
    patch({op: "add", path: "emails", value: {value: "x@x.example", type: "other"}}),
    patch({op: "add", path: "emails", value: [{value: "ada@home.example", type: "home"}]}, "RFC 7644 §3.5.2.1: if the value already exists, no changes SHOULD be made"),
    patch({op: "add", path: "emails", value: [{value: "x@x.example", type: "other", primary: true}]}, "RFC 7644 §3.5.2: when a value becomes primary, the server SHALL set the others' primary to false"),
    patch({op: "add", value: {nickName: "x", emails: [{value: "x@x.example"}]}}),
    patch({op: "remove", path: "title"}),
    patch({op: "remove", path: "nickName"}),
    patch({op: "remove", path: "name.givenName"}),
    patch({op: "remove", path: 'emails[type eq "home"]'}),
    patch({op: "remove", path: 'emails[type eq "other"]'}),
    patch({op: "remove"}),
    patch({op: "remove", path: "userName"}, "RFC 7644 §3.5.2.2: removing a required attribute: 400 with mutability"),
    patch([{op: "replace", path: "title", value: "x"}, {op: "replace", path: 'emails[type eq "other"].value', value: "x"}]),

    find('userName eq "ada"'),
    find('USERNAME EQ "ADA"', folded),
    find('userName eq "bob" or userName eq "ada"', folded),
    find('userName ne "ada"'),
    find('userName co "D"', folded),
    find('userName sw "b"', folded),
    find("title pr"),
    find("not (title pr)"),
    find('title ne "x"'),
    find("title eq null"),
    find("active eq true"),
    find('name.familyName co "love"', "RFC 7643 §2.5: a user without name has no familyName either and does not match; SCIMMY gives up over it"),
    find('emails.type eq "home"'),
    find('emails[type eq "home" and value co "work"]'),
    find('emails[type eq "home"] and active eq true'),
    find('externalId eq "A1"'),
    find(`${enterprise}:department eq "R&D"`, "RFC 7644 §3.10: a URN with an attribute leads into the extension (RFC 7643 §3.3); SCIMMY's match does not know it"),
    find('title pr and active eq true or userName eq "bob"', folded),
    find('title pr and (active eq true or userName eq "bob")'),
    find("userName", "RFC 7644 §3.4.2.2, figure 1: an attribute alone is no filter: invalidFilter (§3.12)"),
    find('userName xx "y"'),
];

// What neither makes for the other: ids and times.
const bare = ({id, meta, schemas, ...rest}) => JSON.parse(JSON.stringify(rest));

// SCIMMY, with users in a map.
class Theirs {
    #users = new Map();

    constructor() {
        SCIMMY.Resources.User
            .ingress((resource, data) => {
                const id = resource.id ?? String(this.#users.size + 1);
                this.#users.set(id, {...JSON.parse(JSON.stringify(data)), id});
                return this.#users.get(id);
            })
            .egress((resource) => {
                if (!resource.id) return resource.filter?.match([...this.#users.values()]) ?? [...this.#users.values()];
                if (!this.#users.has(resource.id)) throw new SCIMMY.Types.Error(404, null, "no such user");
                return this.#users.get(resource.id);
            })
            .degress((resource) => void this.#users.delete(resource.id));
    }

    async ask({method, body, filter}) {
        const User = SCIMMY.Resources.User;
        const copy = body && JSON.parse(JSON.stringify(body));
        try {
            switch (method) {
                case "POST": return {status: 201, user: bare(await new User().write(copy))};
                case "PUT": return {status: 200, user: bare(await new User("1").write(copy))};
                case "PATCH": return {status: 200, user: bare(await new User("1").patch(copy) ?? await new User("1").read())};
            }
            const list = await new User({filter}).read();
            return {status: 200, users: list.Resources.map((u) => u.userName)};
        } catch (fault) {
            return {status: fault.status ?? 500, scimType: fault.scimType ?? undefined, detail: fault.message};
        }
    }

    reset() {
        this.#users.clear();
    }
}

// scimdeck, over HTTP.
class Ours {
    constructor(url, key) {
        this.url = url;
        this.key = key;
        this.ids = [];
    }

    async send(method, path, body) {
        const answer = await fetch(this.url + path, {
            method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10_000),
            headers: {"Content-Type": "application/scim+json", Authorization: `Bearer ${this.key}`},
        });
        const text = await answer.text();
        return {status: answer.status, json: text ? JSON.parse(text) : {}};
    }

    async ask({method, body, filter}) {
        const path = method === "GET" ? `?filter=${encodeURIComponent(filter)}` : method === "POST" ? "" : `/${this.ids[0]}`;
        const {status, json} = await this.send(method, `/Users${path}`, body);
        if (status >= 300) return {status, scimType: json.scimType, detail: json.detail};
        if (method === "GET") return {status, users: json.Resources.map((u) => u.userName)};
        if (method === "POST") this.ids.push(json.id);
        return {status, user: bare(json)};
    }

    async reset() {
        for (const id of this.ids.splice(0)) await this.send("DELETE", `/Users/${id}`);
    }
}

const [binary] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "scimmy-"));
const key = execFileSync(binary, ["keys", "create", "scimmy", "--data", folder], {stdio: ["ignore", "pipe", "ignore"]});
const program = spawn(binary, ["serve", "--data", folder, "--listen", "127.0.0.1:0"], {
    env: {...process.env, SCIMDECK_CONFORMANCE: "strict"}, stdio: ["ignore", "pipe", "inherit"],
});
let wrong = 0;
try {
    const lines = createInterface({input: program.stdout});
    const first = await new Promise((resolve) => lines.once("line", resolve));
    lines.on("line", () => {});

    SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
    SCIMMY.Resources.declare(SCIMMY.Resources.User);
    const pair = [new Ours(/http:\S+/.exec(first)[0], key.toString().trim()), new Theirs()];
    for (const c of cases) {
        for (const side of pair) {
            await side.reset();
            for (const body of [ada, bob]) await side.ask({method: "POST", body});
        }
        const [{detail: mine, ...ours}, {detail: his, ...theirs}] = [await pair[0].ask(c), await pair[1].ask(c)];
        const same = isDeepStrictEqual(ours, theirs);
        if (same === !c.why) continue;
        wrong++;
        console.log(`${c.method} ${c.filter ?? JSON.stringify(c.body)}`);
        if (same) console.log(`  no difference any more; it was said to be: ${c.why}`);
        else console.log(`  ours   ${JSON.stringify(ours)} ${mine ?? ""}\n  theirs ${JSON.stringify(theirs)} ${his ?? ""}`);
    }
} finally {
    program.kill("SIGTERM");
    await new Promise((resolve) => program.once("exit", resolve));
    rmSync(folder, {recursive: true});
}
for (const why of new Set(cases.map((c) => c.why).filter(Boolean))) console.log(`explained: ${why}`);
console.log(`${cases.length - wrong} passed, ${wrong} failed`);
process.exitCode = wrong ? 1 : 0;
