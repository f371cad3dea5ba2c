// Lives through the end of a meeting of the demonstration, prints its papers, looks at them.
import fs from "node:fs";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const { BASE, OUT, BROWSER } = process.env;

async function call(token, method, path, body, version) {
  const headers = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (version) headers["if-match"] = version;
  const answer = await fetch(BASE + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function signIn(email) {
  const answer = await fetch(`${BASE}/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: "demonstration-only" }),
  });
  if (!answer.ok) throw new Error(`${email} cannot sign in: ${answer.status}`);
  return (await answer.json()).access_token;
}

const coordinator = await signIn("grace.adeyemi@steadyground.example");
const chair = await signIn("dinesh.patel@westwaypolice.example");
const maracs = await call(coordinator, "GET", "/maracs");
const marac = maracs.items.find((one) => one.code === "WCC").id;
const of = (status) => call(coordinator, "GET", `/meetings?limit=1&marac_id=${marac}&status=${status}`);
const held = (await of("held")).items[0];
const agenda = await call(coordinator, "GET", `/meetings/${held.id}/agenda`);

// The demonstration's meetings end with their actions; what was said is written up here.
const said = [
  ["information", { nature: "fact", sharing: "marac", text: "Two calls to the address since the referral. A neighbour heard shouting on both nights and rang again in the morning." }],
  ["information", { nature: "opinion", sharing: "restricted", text: "The officer on the first call thought that he had been told she would be at home." }],
  ["views", { sharing: "marac", text: "She wants to stay near the school. She would accept a lock change and a panic alarm, and does not want a letter sent to the flat." }],
  ["risks", { factor: "harm", sharing: "marac", text: "Threats to kill, believed; a knife was shown." }],
  ["risks", { factor: "contributory", sharing: "marac", text: "He lost his work in the spring and drinks more." }],
  ["risks", { factor: "protective", sharing: "marac", text: "Her sister lives two streets away and has a key." }],
  ["safeguards", { safeguard: "mappa", decision: "considered", sharing: "marac", text: "Not eligible at present." }],
  ["safeguards", { safeguard: "child_protection", decision: "decided", sharing: "marac", text: "Strategy discussion this week." }],
  ["crimes", { police_wish: "undecided", sharing: "marac", text: "An assault in the street that was not reported." }],
];
for (const item of agenda.items.filter((one) => one.status === "heard").slice(0, 4)) {
  for (const [what, body] of said) {
    await call(coordinator, "POST", `/agenda-items/${item.id}/${what}`, body);
  }
}

const path = `/meetings/${held.id}/minutes`;
const business = { any_other_business: "The next meeting begins half an hour later. Induction for new representatives on the first Monday of the month." };
let minutes = await call(coordinator, "POST", `${path}/draft`, business, '"0"');
minutes = await call(chair, "POST", `${path}/approve`, undefined, minutes.version.etag);
minutes = await call(coordinator, "POST", `${path}/issue`, undefined, minutes.version.etag);

const papers = { agenda: `/meetings/${held.id}/agenda`, minutes: path };
const browser = await puppeteer.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
let violations = 0;
for (const [name, at] of Object.entries(papers)) {
  const page = await browser.newPage();
  await page.setViewport({ width: 900, height: 1200 });
  await page.setExtraHTTPHeaders({ authorization: `Bearer ${coordinator}` });
  const refused = [];
  page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
  page.on("request", (request) => request.url() === BASE + at + ".html" || refused.push(request.url()));
  await page.goto(`${BASE}${at}.html`, { waitUntil: "load" });
  if (refused.length) throw new Error(`${name} asks for more than itself: ${refused}`);
  await page.screenshot({ path: `${OUT}/${name}-html.png`, clip: { x: 0, y: 0, width: 900, height: 1800 } });

  // The page's own policy lets nothing run, so axe looks at a copy of it without that policy.
  const text = await (await fetch(`${BASE}${at}.html`, { headers: { authorization: `Bearer ${coordinator}` } })).text();
  const copy = await browser.newPage();
  await copy.setContent(text, { waitUntil: "load" });
  await copy.evaluate(axe.source);
  const found = await copy.evaluate(() => window.axe.run(document));
  console.log(`${name}: axe-core ${found.testEngine.version}, ${found.passes.length} rules passed, ${found.violations.length} violations`);
  for (const one of found.violations) {
    violations += 1;
    console.log(`  ${one.id} (${one.impact}): ${one.help}`);
    for (const node of one.nodes.slice(0, 3)) console.log(`    ${node.html.slice(0, 160)}`);
  }
  // As the browser would print it: the reader, the time and the case on every sheet.
  fs.writeFileSync(`${OUT}/${name}-sheet.pdf`, await copy.pdf({ preferCSSPageSize: true }));

  const pdf = await fetch(`${BASE}${at}.pdf`, { headers: { authorization: `Bearer ${coordinator}` } });
  if (!pdf.ok) throw new Error(`${at}.pdf: ${pdf.status}`);
  fs.writeFileSync(`${OUT}/${name}.pdf`, Buffer.from(await pdf.arrayBuffer()));
}
await browser.close();
process.exit(violations ? 1 : 0);
