// A season as a sender, its host and a planner, with the generated TypeScript client.
import { argv, env, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { connect, type Schemas } from "talent-exchange-client";
import { strict } from "./strict.js";

const HELD = strict(argv[2]!);
const SLOT = env["SLOT"]!;
const lines = createInterface({ input: stdin })[Symbol.asyncIterator]();

function client(key: string) {
  return clientWith(env[key]!);
}

function clientWith(secret: string) {
  const api = connect(env["ADDRESS"]!, secret);
  api.use(HELD);
  return api;
}

/** Return what was answered; a problem where none was expected is an error. */
function taken<T>(answer: { data?: T; error?: Schemas["Problem"]; response: Response }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

function require(holds: boolean, what: string) {
  if (!holds) throw new Error(what);
}

async function wait(word: string) {
  stdout.write(`${word}\n`);
  require((await lines.next()).value === "GO", word);
}

async function register(number: number) {
  const body: Schemas["ParticipantRegistrationRequest"] = {
    code: `${env["NAME"]}-${number}`,
    given_name: "Sri",
    birth_date: "2003-05-17",
    sex: "F",
    citizenship: "ID",
    home_institution: env["HOME"]!,
    kkni: 5,
    isced_f: "0714",
  };
  const params = { header: { "Idempotency-Key": `person-${number}` } };
  const person = taken(await sender.POST("/api/v1/participants/", { body, params }));
  const again = await sender.POST("/api/v1/participants/", { body, params });
  require(taken(again).id === person.id, "acted twice");
  require(again.response.headers.get("Idempotency-Replayed") === "true", "not replayed");
  return person;
}

async function nominate() {
  const query = { code: "SEASON" };
  const intakes = taken(await sender.GET("/api/v1/intakes/", { params: { query } }));
  const intake = intakes.results[0]!.id;
  const nominations: string[] = [];
  for (let number = 0; number < 3; number++) {
    const person = await register(number);
    const body = { participant: person.id, intake, preferences: [] };
    const made = await sender.POST("/api/v1/nominations/", { body });
    const id = taken(made).id;
    const header = { "If-Match": made.response.headers.get("ETag")! };
    const ranked = taken(
      await sender.PUT("/api/v1/nominations/{id}/preferences/", {
        params: { path: { id }, header },
        body: { preferences: [SLOT] },
      }),
    );
    require(ranked.preferences[0] === SLOT, "not ranked");
    nominations.push(id);
  }
  const path = { id: nominations[0]! };
  const verdicts = taken(
    await sender.GET("/api/v1/nominations/{id}/eligibility/", { params: { path } }),
  );
  require(verdicts[0]?.verdict === "eligible", "not eligible");
  taken(
    await sender.POST("/api/v1/nominations/{id}/withdraw/", {
      params: { path },
      body: { reason: "found work" },
    }),
  );
  const twice = await sender.POST("/api/v1/nominations/", {
    body: { participant: (await register(1)).id, intake, preferences: [] },
  });
  require(twice.error?.type === "/problems/already-nominated", "nominated twice");
}

async function rate() {
  const path = { id: SLOT };
  const answer = taken(await host.GET("/api/v1/slots/{id}/candidates/", { params: { path } }));
  const candidates = Array.isArray(answer) ? answer : (answer as any).results;
  for (const candidate of candidates) {
    const body = { nomination: candidate.nomination, slot: SLOT, score: 80 };
    taken(await host.POST("/api/v1/host-ratings/", { body }));
  }
}

type Step = "accept" | "confirm" | "decline" | "complete";

async function step(api: typeof sender, name: Step, id: string, reason = "") {
  const path = { id };
  const seen = await api.GET("/api/v1/placements/{id}/", { params: { path } });
  const header = { "If-Match": seen.response.headers.get("ETag")! };
  return api.POST(`/api/v1/placements/{id}/${name}/`, {
    params: { path, header },
    body: { reason },
  });
}

async function answerOffers() {
  const places = taken(await sender.GET("/api/v1/placements/")).results;
  require(places.length > 0 && places.length < 3, `${places.length} places`);
  const first = places[0]!.id;
  require(taken(await step(sender, "accept", first)).state === "accepted", "accepted");
  require(taken(await step(host, "confirm", first)).state === "confirmed", "confirmed");
  require((await step(host, "complete", first)).error?.status === 409, "completed too early");
  for (const place of places.slice(1)) taken(await step(sender, "decline", place.id, "family"));
}

async function follow(wanted: Schemas["EventKind"][]) {
  const kinds = new Set<Schemas["EventKind"]>();
  let after = 0;
  for (;;) {
    const query = { after, page_size: 2 };
    const page = taken(await host.GET("/api/v1/events/", { params: { query } }));
    if (page.results.length === 0) break;
    for (const event of page.results) kinds.add(event.kind);
    after = page.results.at(-1)!.sequence;
  }
  for (const kind of wanted) require(kinds.has(kind), `no ${kind}`);
}

async function askWhy() {
  const rows = taken(await sender.GET("/api/v1/nominations/")).results;
  for (const { id } of rows) {
    const params = { path: { id } };
    const told = taken(await sender.GET("/api/v1/nominations/{id}/reasons/", { params }));
    require(told.published_at !== null, "not published");
    for (const place of told.waiting) require(place.position > 0, "no position");
  }
}

async function look() {
  const planner = client("PLAN_KEY");
  const run = taken(await planner.GET("/api/v1/allocation-runs/")).results[0]!;
  require(run.summary?.cost.currency === "IDR", "no currency");
  const params = { path: { id: run.id } };
  taken(await planner.GET("/api/v1/allocation-runs/{id}/explanations/", { params }));
  const limits = await planner.GET("/api/v1/allocation-runs/{id}/limits/", { params });
  require(limits.response.headers.has("Sunset"), "nothing is said of what will go");
  const proposed = taken(
    await planner.GET("/api/v1/allocation-runs/{id}/proposals/", { params }),
  );
  require(proposed.results[0]?.cost.currency === "IDR", "no currency");
  taken(await planner.GET("/api/v1/allocation-runs/{id}/reserves/", { params }));
  taken(await planner.GET("/api/v1/scenarios/"));
}

/** Walk a whole season alone, in the sandbox, with a test key of one's own. */
async function tryOut() {
  const asked = { name: "tryout", scopes: ["host" as const], mode: "test" as const };
  const made = taken(await host.POST("/api/v1/keys/", { body: asked }));
  const tester = clientWith(made.secret!);
  const me = taken(await tester.GET("/api/v1/me/"));
  require(me.mode === "test", "not the sandbox");
  const season = taken(await tester.POST("/api/v1/sandbox/"));
  const params = { path: { id: season.id } };
  const placed = taken(await tester.POST("/api/v1/sandbox/{id}/place/", { params }));
  const first = placed.placements[0]!;
  taken(await tester.POST("/api/v1/sandbox/{id}/counterpart/", { params }));
  require(taken(await step(tester, "confirm", first)).state === "confirmed", "confirmed");
  taken(await tester.POST("/api/v1/sandbox/{id}/counterpart/", { params }));
  const path = { id: first };
  const place = taken(await tester.GET("/api/v1/placements/{id}/", { params: { path } }));
  require(place.state === "departed", place.state);
  const query = { after: 0 };
  const told = taken(await tester.GET("/api/v1/events/", { params: { query } }));
  require(told.results.length > 0, "nothing is told");
  const live = await host.GET("/api/v1/placements/{id}/", { params: { path } });
  require(live.response.status === 404, "the sandbox is seen from outside");
}

const sender = client("SENDER_KEY");
const host = client("HOST_KEY");
await nominate();
await wait("NOMINATED");
await rate();
await wait("RATED");
await answerOffers();
await askWhy();
await follow(["placement.offered", "placement.accepted", "placement.confirmed"]);
await look();
await tryOut();
stdout.write("DONE\n");
process.exit(0);
