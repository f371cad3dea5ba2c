//! Fills the database: meetings of twenty cases each, sealed as the product seals them.
//!
//! The first 15,000 cases are the last twelve months of thirty MARACs; what is added goes further
//! back. Rows go in by `COPY` on two connections, foreign keys unchecked, for the rows are made to
//! fit.

use std::io::{BufWriter, Write};

use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use kernel::crypto::{DataKey, KeyRing, SealPlace as Sealed};
use kernel::sql::sql;
use practice::document::Document;
use practice::party::{Address, Identity};
use serde_json::json;
use uuid::Uuid;

use crate::copy::Rows;
use crate::database::Database;
use crate::document;
use crate::world::{self, KINDS, MARACS, World};
use crate::{Outcome, Place, coming};

const CASES_PER_MEETING: u32 = 20;
/// Meetings in the first year of all MARACs together.
const FIRST_YEAR: u32 = 750;
const ACTIONS: usize = 5;
const LISTED: usize = 5;
const WRITERS: u32 = 2;
/// Meetings written in one transaction.
const BATCH: u32 = 25;
const CODE_LETTERS: &[u8; 29] = b"23456789ABCDEFGHJKMNPQRSTVWXY";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = st::BigInt)]
    count: i64,
}

/// Fills up to `cases`.
pub fn seed(place: &Place, cases: u32) -> Outcome {
    let database = Database::open(place)?;
    let mut conn = database.owner()?;
    let world = world::ensure(&database, &mut conn)?;
    let there: Count = sql("select count(*) as count from bench.meetings").get_result(&mut conn)?;
    let (from, to) = (u32::try_from(there.count)?, cases / CASES_PER_MEETING);
    let now = database.clock.now();
    coming::seed(&database, &mut conn, &world, now)?;
    std::thread::scope(|scope| -> Outcome {
        let (database, world) = (&database, &world);
        let writers: Vec<_> = (0..WRITERS)
            .map(|part| scope.spawn(move || write(database, world, now, from + part, to)))
            .collect();
        for writer in writers {
            writer.join().map_err(|_| "a writer ended by a fault")??;
        }
        Ok(())
    })?;
    finish(&mut conn)?;
    Ok(database.local.stop()?)
}

/// Chooses what is asked for, and leaves the tables as a database that has run for a while has them.
fn finish(conn: &mut PgConnection) -> Outcome {
    conn.batch_execute(
        "truncate bench.sample, bench.agendas;
         insert into bench.sample (n, case_id, referral_id, marac)
           select row_number() over (), case_id, referral_id, marac from (
             select i.case_id, i.referral_id, m.marac from agenda_items i
             join bench.meetings m on m.meeting_id = i.meeting_id order by md5(i.id::text) limit 2000) x;
         insert into bench.agendas (n, meeting_id, marac)
           select row_number() over (), meeting_id, marac from (
             select meeting_id, marac from bench.meetings order by md5(meeting_id::text) limit 2000) x;",
    )?;
    conn.batch_execute("vacuum (analyze)")?;
    conn.batch_execute("checkpoint")?;
    Ok(())
}

/// Every second meeting from `from` on.
fn write(database: &Database, world: &World, now: DateTime<Utc>, from: u32, to: u32) -> Outcome {
    copying(database, |out| {
        let mut batch = Batch::new(&database.keys, world, now)?;
        let mut written = 0;
        let mut meeting = from;
        while meeting < to {
            batch.meeting(meeting)?;
            written += 1;
            if written % BATCH == 0 {
                batch.flush(out)?;
            }
            meeting += WRITERS;
        }
        batch.flush(out)
    })
}

/// Rows on their way in over a connection of their own.
pub fn copying(database: &Database, work: impl FnOnce(&mut dyn Write) -> Outcome) -> Outcome {
    let mut child = database.psql()?;
    let input = child.stdin.take().ok_or("psql takes no input")?;
    let mut out = BufWriter::with_capacity(1 << 20, input);
    writeln!(
        out,
        "set synchronous_commit = off; set session_replication_role = replica;"
    )?;
    work(&mut out)?;
    out.flush()?;
    drop(out);
    match child.wait()?.success() {
        true => Ok(()),
        false => Err("psql refused the rows".into()),
    }
}

/// The rows of some meetings.
pub struct Batch<'a> {
    keys: &'a KeyRing,
    world: &'a World,
    now: DateTime<Utc>,
    document: Document,
    pub tables: Tables,
}

macro_rules! tables {
    ($($name:ident: $target:literal),+ $(,)?) => {
        pub struct Tables { $(pub $name: Rows),+ }
        impl Tables {
            fn new() -> Self {
                Self { $($name: Rows::new($target)),+ }
            }
            fn flush(&mut self, out: &mut dyn Write) -> std::io::Result<()> {
                $(self.$name.flush(out)?;)+
                Ok(())
            }
        }
    };
}

tables! {
    cases: "cases (id, marac_id, code, status, received_at, opened_at, last_referral_on, lapses_on, score, \
        criteria, has_children, lead_agency_id, version, created_at)",
    data_keys: "data_keys (case_id, marac_id, master_key_id, wrapped, created_at)",
    circle: "circle (id, marac_id, case_id, basis, user_id, agency_id, opens_at, full_at, ends_at, meeting_id, created_at)",
    referrals: "referrals (id, marac_id, case_id, agency_id, submitted_by, status, referred_on, submitted_at, \
        document, tool, tool_version, score, criteria, is_repeat, version, created_at)",
    counts: "referral_counts (referral_id, marac_id, case_id, referred_on, source, gender, ethnicity, lgbt, \
        disabled, age, perpetrator_under_18, children)",
    persons: "persons (id, created_at)",
    parties: "parties (id, marac_id, case_id, person_id, role, identity, created_at)",
    characteristics: "party_characteristics (party_id, marac_id, case_id, sealed, created_at)",
    addresses: "party_addresses (id, marac_id, case_id, party_id, kind, confidential, known_to_perpetrator, sealed, created_at)",
    contacts: "party_contacts (id, marac_id, case_id, party_id, kind, safe_to_call, sealed, created_at)",
    relationships: "party_relationships (id, marac_id, case_id, from_party_id, to_party_id, kind, living_together, created_at)",
    assessments: "risk_assessments (id, marac_id, case_id, referral_id, tool, tool_version, score, yes_count, no_count, \
        dont_know_count, not_asked_count, assessed_on, agency_id, created_by, sealed, created_at)",
    entries: "account_entries (id, marac_id, case_id, heading, sharing, told_on, how_told, author_id, agency_id, sealed, created_at)",
    tokens: "match_tokens (marac_id, case_id, kind, token)",
    meetings: "meetings (id, marac_id, kind, starts_at, time_zone, mode, status, minutes_per_case, capacity, \
        circulated_at, started_at, ended_at, settings_version, created_at)",
    chosen: "bench.meetings (n, meeting_id, marac)",
    items: "agenda_items (id, marac_id, case_id, meeting_id, referral_id, kind, position, slot_minutes, has_children, \
        status, decided_at, created_at)",
    listings: "agenda_listings (agenda_item_id, agency_id, marac_id, case_id)",
    actions: "actions (id, marac_id, case_id, meeting_id, agenda_item_id, owner_agency_id, target, category, priority, \
        due_on, agreed_on, status, sealed, status_at, created_at)",
    action_events: "action_events (id, marac_id, case_id, action_id, kind, status, due_on, owner_agency_id, effective_on, created_at)",
    returns: "research_returns (id, marac_id, case_id, meeting_id, agenda_item_id, agency_id, status, standing, due_on, \
        requested_at)",
    planned: "bench.planned (n, meeting_id, marac)",
    waiting: "bench.waiting (n, position, case_id, referral_id, has_children)",
    lists: "bench.lists (n, meeting_id, marac, agency)",
    asked: "bench.asked (n, position, return_id, agenda_item_id)",
}

/// One meeting's fixed points.
pub struct Meeting {
    pub id: Uuid,
    pub marac: usize,
    pub marac_id: Uuid,
    pub starts_at: DateTime<Utc>,
}

impl Meeting {
    /// When its list goes out.
    fn circulated_at(&self) -> DateTime<Utc> {
        self.starts_at - TimeDelta::days(8)
    }
}

/// One case's.
pub struct Case<'k> {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub key: &'k DataKey,
    /// When it was referred.
    pub at: DateTime<Utc>,
}

impl Case<'_> {
    fn seal(
        &self,
        table: &'static str,
        column: &'static str,
        row: Uuid,
        value: &impl serde::Serialize,
    ) -> Outcome<Vec<u8>> {
        Ok(self.key.seal_json(Sealed::new(table, column, row), value)?)
    }

    fn lapses_on(&self) -> NaiveDate {
        self.at.date_naive() + Months::new(12)
    }
}

/// What a case is like.
pub struct Kind {
    /// Each case has its own.
    pub number: u32,
    /// The people of one pair are the same.
    pub pair: u32,
    pub repeat: bool,
    pub status: &'static str,
}

impl Kind {
    /// Two in five have children.
    pub fn children(&self) -> bool {
        self.number % 5 < 2
    }
}

impl<'a> Batch<'a> {
    pub fn new(keys: &'a KeyRing, world: &'a World, now: DateTime<Utc>) -> Outcome<Self> {
        Ok(Self {
            keys,
            world,
            now,
            document: document::template()?,
            tables: Tables::new(),
        })
    }

    pub fn flush(&mut self, out: &mut dyn Write) -> Outcome {
        writeln!(out, "begin;")?;
        self.tables.flush(out)?;
        Ok(writeln!(out, "commit;")?)
    }

    fn meeting(&mut self, number: u32) -> Outcome {
        let marac = number as usize % MARACS;
        let round = i64::from(number) / MARACS as i64;
        let rounds = i64::from(FIRST_YEAR) / MARACS as i64;
        // The first year runs up to today; what comes after goes back from its beginning.
        let weeks_ago = match number < FIRST_YEAR {
            true => 2 * (rounds - 1 - round),
            false => 2 * round,
        };
        let meeting = Meeting {
            id: Uuid::now_v7(),
            marac,
            marac_id: self.world.maracs[marac].0,
            starts_at: self.now - TimeDelta::days(3 + 7 * weeks_ago),
        };
        self.place(&meeting, "held");
        self.tables
            .chosen
            .push(&[&i64::from(number), &meeting.id, &i32::try_from(marac)?]);
        for position in 0..CASES_PER_MEETING {
            self.case(&meeting, number * CASES_PER_MEETING + position, position)?;
        }
        Ok(())
    }

    /// The meeting itself.
    pub fn place(&mut self, meeting: &Meeting, status: &'static str) {
        let held = status == "held";
        let circulated = (status != "planned").then_some(meeting.circulated_at());
        let started = held.then_some(meeting.starts_at);
        let ended = held.then_some(meeting.starts_at + TimeDelta::hours(4));
        self.tables.meetings.push(&[
            &meeting.id,
            &meeting.marac_id,
            &"scheduled",
            &meeting.starts_at,
            &"Europe/London",
            &"online",
            &status,
            &10_i16,
            &20_i16,
            &circulated,
            &started,
            &ended,
            &1_i32,
            &meeting.circulated_at().min(self.now),
        ]);
    }

    fn case(&mut self, meeting: &Meeting, number: u32, position: u32) -> Outcome {
        let key = DataKey::generate()?;
        let case = Case {
            id: Uuid::now_v7(),
            marac_id: meeting.marac_id,
            key: &key,
            at: meeting.starts_at - TimeDelta::days(20),
        };
        // Every tenth pair is one that was heard in the same MARAC some meetings before.
        let earlier = MARACS as u32 * CASES_PER_MEETING * 3;
        let repeat = number % 10 == 9 && number >= earlier;
        let kind = Kind {
            number,
            pair: if repeat { number - earlier } else { number },
            repeat,
            status: match case.lapses_on() > self.now.date_naive() {
                true => "monitoring",
                false => "lapsed",
            },
        };
        let referral_id = self.file(&case, meeting.marac, &kind)?;
        let agencies = listed(number).map(|kind| self.world.agency(meeting.marac, kind));
        let position = i32::try_from(position)? + 1;
        let item_id = self.item(&case, meeting, referral_id, &kind, position);
        self.list(&case, meeting, item_id, &agencies);
        self.actions(&case, meeting, item_id, number, &agencies)
    }

    /// A case with its key, its referral, and those whom it is open to from then on. Returns the referral.
    pub fn file(&mut self, case: &Case<'_>, marac: usize, kind: &Kind) -> Outcome<Uuid> {
        let wrapped = self.keys.wrap(case.id, case.key)?;
        let idva = self.world.agency(marac, 1);
        self.tables.cases.push(&[
            &case.id,
            &case.marac_id,
            &code(&self.world.maracs[marac].1, kind.number),
            &kind.status,
            &case.at,
            &case.at,
            &case.at.date_naive(),
            &case.lapses_on(),
            &15_i16,
            &"{visible_high_risk}",
            &kind.children(),
            &idva,
            &2_i32,
            &case.at,
        ]);
        self.tables.data_keys.push(&[
            &case.id,
            &case.marac_id,
            &wrapped.master_key_id,
            &wrapped.bytes,
            &case.at,
        ]);
        self.circle(case, marac, idva);
        self.referral(case, marac, kind)
    }

    /// A case's place on an agenda. Returns it.
    pub fn item(
        &mut self,
        case: &Case<'_>,
        meeting: &Meeting,
        referral_id: Uuid,
        kind: &Kind,
        position: i32,
    ) -> Uuid {
        let id = Uuid::now_v7();
        let ahead = meeting.starts_at > self.now;
        self.tables.items.push(&[
            &id,
            &case.marac_id,
            &case.id,
            &meeting.id,
            &referral_id,
            &(if kind.repeat { "repeat" } else { "new" }),
            &position,
            &10_i16,
            &kind.children(),
            &(if ahead { "listed" } else { "heard" }),
            &(!ahead).then_some(meeting.starts_at),
            &case.at,
        ]);
        id
    }

    /// Lists it to agencies, and opens it to them from circulation.
    pub fn list(&mut self, case: &Case<'_>, meeting: &Meeting, item_id: Uuid, agencies: &[Uuid]) {
        let opens = meeting.circulated_at();
        let ends = case.at + TimeDelta::days(365);
        for agency in agencies {
            self.tables
                .listings
                .push(&[&item_id, agency, &case.marac_id, &case.id]);
            self.tables.circle.push(&[
                &Uuid::now_v7(),
                &case.marac_id,
                &case.id,
                &"listing",
                &None::<Uuid>,
                &Some(*agency),
                &opens,
                &meeting.starts_at,
                &ends,
                &Some(meeting.id),
                &opens,
            ]);
        }
    }

    fn circle(&mut self, case: &Case<'_>, marac: usize, idva: Uuid) {
        let none = None::<Uuid>;
        let author = Some(self.world.authors[marac]);
        self.tables.circle.push(&[
            &Uuid::now_v7(),
            &case.marac_id,
            &case.id,
            &"referrer",
            &author,
            &none,
            &case.at,
            &"infinity",
            &"infinity",
            &none,
            &case.at,
        ]);
        self.tables.circle.push(&[
            &Uuid::now_v7(),
            &case.marac_id,
            &case.id,
            &"allocation",
            &none,
            &Some(idva),
            &case.at,
            &"infinity",
            &"infinity",
            &none,
            &case.at,
        ]);
    }

    fn referral(&mut self, case: &Case<'_>, marac: usize, kind: &Kind) -> Outcome<Uuid> {
        let (id, on) = (Uuid::now_v7(), case.at.date_naive());
        let children = kind.children();
        if children {
            self.document = document::template()?;
        }
        document::tell_apart(&mut self.document, kind.pair, on, children);
        let document = self.document.clone();
        let sealed = case.seal("referrals", "document", id, &document)?;
        let police = self.world.agency(marac, 0);
        let author = self.world.authors[marac];
        self.tables.referrals.push(&[
            &id,
            &case.marac_id,
            &case.id,
            &police,
            &author,
            &"accepted",
            &on,
            &case.at,
            &sealed,
            &"safelives_dash",
            &1_i32,
            &15_i16,
            &"{visible_high_risk}",
            &kind.repeat,
            &2_i32,
            &case.at,
        ]);
        self.tables.counts.push(&[
            &id,
            &case.marac_id,
            &case.id,
            &on,
            &"police",
            &"female",
            &"black_african",
            &"no",
            &"no",
            &36_i16,
            &"no",
            &i16::from(children),
        ]);
        self.people(case, &document)?;
        self.tokens(case, &document);
        let assessment = Uuid::now_v7();
        let answers = document
            .assessment
            .as_ref()
            .map(|a| json!({ "answers": a.answers, "notes": null, "judgement": null }));
        let sealed = case.seal("risk_assessments", "sealed", assessment, &answers)?;
        self.tables.assessments.push(&[
            &assessment,
            &case.marac_id,
            &case.id,
            &id,
            &"safelives_dash",
            &1_i32,
            &15_i16,
            &15_i16,
            &8_i16,
            &1_i16,
            &0_i16,
            &on,
            &police,
            &author,
            &sealed,
            &case.at,
        ]);
        let account = &document.account;
        for (heading, text) in [
            ("what_happened", account.what_happened.as_deref()),
            ("what_is_feared", account.what_is_feared.as_deref()),
            (
                "what_the_survivor_wants",
                account.what_the_survivor_wants.as_deref(),
            ),
        ] {
            let entry = Uuid::now_v7();
            let text = text.unwrap_or_default();
            let sealed = case.key.seal(
                Sealed::new("account_entries", "sealed", entry),
                text.as_bytes(),
            )?;
            self.tables.entries.push(&[
                &entry,
                &case.marac_id,
                &case.id,
                &heading,
                &"marac",
                &on,
                &"unknown",
                &author,
                &police,
                &sealed,
                &case.at,
            ]);
        }
        Ok(id)
    }

    fn people(&mut self, case: &Case<'_>, document: &Document) -> Outcome {
        let (survivor, perpetrator) = (Uuid::now_v7(), Uuid::now_v7());
        if let Some(known) = &document.survivor {
            self.party(case, survivor, "survivor", &known.identity)?;
            let sealed = case.seal(
                "party_characteristics",
                "sealed",
                survivor,
                &known.characteristics,
            )?;
            self.tables.characteristics.push(&[
                &survivor,
                &case.marac_id,
                &case.id,
                &sealed,
                &case.at,
            ]);
            self.addresses(case, survivor, &known.addresses)?;
            for contact in &known.contacts {
                let id = Uuid::now_v7();
                let value = json!({ "value": contact.value, "notes": contact.notes });
                let sealed = case.seal("party_contacts", "sealed", id, &value)?;
                self.tables.contacts.push(&[
                    &id,
                    &case.marac_id,
                    &case.id,
                    &survivor,
                    &"phone",
                    &contact.safe_to_call,
                    &sealed,
                    &case.at,
                ]);
            }
        }
        if let Some(known) = document.perpetrators.first() {
            self.party(case, perpetrator, "perpetrator", &known.identity)?;
            self.addresses(case, perpetrator, &known.addresses)?;
            self.relation(case, perpetrator, survivor, "ex_partner", "unknown");
        }
        for known in &document.children {
            let child = Uuid::now_v7();
            self.party(case, child, "child", &known.identity)?;
            self.relation(case, child, survivor, "unknown", "yes");
            self.relation(case, child, perpetrator, "unknown", "unknown");
        }
        Ok(())
    }

    fn party(
        &mut self,
        case: &Case<'_>,
        id: Uuid,
        role: &'static str,
        identity: &Identity,
    ) -> Outcome {
        let person = Uuid::now_v7();
        let sealed = case.seal("parties", "identity", id, identity)?;
        self.tables.persons.push(&[&person, &case.at]);
        self.tables.parties.push(&[
            &id,
            &case.marac_id,
            &case.id,
            &person,
            &role,
            &sealed,
            &case.at,
        ]);
        Ok(())
    }

    fn addresses(&mut self, case: &Case<'_>, party: Uuid, addresses: &[Address]) -> Outcome {
        for address in addresses {
            let id = Uuid::now_v7();
            let value = json!({ "lines": address.lines, "postcode": address.postcode });
            let sealed = case.seal("party_addresses", "sealed", id, &value)?;
            self.tables.addresses.push(&[
                &id,
                &case.marac_id,
                &case.id,
                &party,
                &address.kind.as_str(),
                &address.confidential,
                &address.known_to_perpetrator.as_str(),
                &sealed,
                &case.at,
            ]);
        }
        Ok(())
    }

    fn relation(
        &mut self,
        case: &Case<'_>,
        from: Uuid,
        to: Uuid,
        kind: &'static str,
        living: &'static str,
    ) {
        self.tables.relationships.push(&[
            &Uuid::now_v7(),
            &case.marac_id,
            &case.id,
            &from,
            &to,
            &kind,
            &living,
            &case.at,
        ]);
    }

    fn tokens(&mut self, case: &Case<'_>, document: &Document) {
        let survivor = document
            .survivor
            .as_ref()
            .and_then(|who| who.identity.exact());
        let perpetrator = document
            .perpetrators
            .first()
            .and_then(|who| who.identity.exact());
        let (Some(survivor), Some(perpetrator)) = (survivor, perpetrator) else {
            return;
        };
        let children = document
            .children
            .iter()
            .filter_map(|child| child.identity.exact());
        let both = survivor.iter().chain(&perpetrator).cloned().collect();
        let found = [
            ("survivor", survivor.to_vec()),
            ("perpetrator", perpetrator.to_vec()),
            ("pair", both),
        ];
        for (kind, values) in found
            .into_iter()
            .chain(children.map(|child| ("child", child.to_vec())))
        {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            self.tables.tokens.push(&[
                &case.marac_id,
                &case.id,
                &kind,
                &self.keys.index(kind, &values),
            ]);
        }
    }

    fn actions(
        &mut self,
        case: &Case<'_>,
        meeting: &Meeting,
        item: Uuid,
        number: u32,
        agencies: &[Uuid; LISTED],
    ) -> Outcome {
        let agreed = meeting.starts_at.date_naive();
        for (n, agency) in (0_u32..).zip(agencies.iter().take(ACTIONS)) {
            let id = Uuid::now_v7();
            let chance = scrambled(number * 8 + n);
            let due = agreed + Days::new(7 + u64::from(chance % 50));
            let status = match chance % 20 {
                0 | 1 => "open",
                2 => "in_progress",
                3 => "not_done",
                _ => "completed",
            };
            let sealed = case.seal("actions", "sealed", id, &json!({ "text": ACTION_TEXT }))?;
            self.tables.actions.push(&[
                &id,
                &case.marac_id,
                &case.id,
                &meeting.id,
                &item,
                agency,
                &"survivor",
                &"safety_planning",
                &"normal",
                &due,
                &agreed,
                &status,
                &sealed,
                &meeting.starts_at,
                &meeting.starts_at,
            ]);
            self.tables.action_events.push(&[
                &Uuid::now_v7(),
                &case.marac_id,
                &case.id,
                &id,
                &"agreed",
                &"open",
                &due,
                agency,
                &agreed,
                &meeting.starts_at,
            ]);
            if !matches!(status, "open" | "in_progress") {
                self.tables.action_events.push(&[
                    &Uuid::now_v7(),
                    &case.marac_id,
                    &case.id,
                    &id,
                    &"reported",
                    &status,
                    &due,
                    agency,
                    &due,
                    &meeting.starts_at,
                ]);
            }
        }
        Ok(())
    }
}

const ACTION_TEXT: &str = "Fit the new locks and the door chain, show her how the alarm is set, and \
    tell the lead practitioner on the same day that it is done.";

/// Five of the fourteen kinds of agency.
fn listed(number: u32) -> [usize; LISTED] {
    let first = scrambled(number) as usize;
    std::array::from_fn(|n| (first + n * 3) % KINDS.len())
}

/// A fixed shuffle of numbers.
fn scrambled(number: u32) -> u32 {
    let mixed = (number ^ (number >> 15)).wrapping_mul(0x2c1b_3c6d);
    let mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297a_2d39);
    mixed ^ (mixed >> 15)
}

/// A case's code with its check letter; each number has its own.
fn code(marac: &str, number: u32) -> String {
    let space = CODE_LETTERS.len().pow(5);
    let mut rest = (number as usize).wrapping_mul(7_654_321) % space;
    let mut letters = format!("{marac}-");
    let mut check = 0;
    for weight in 2..7 {
        let value = rest % CODE_LETTERS.len();
        rest /= CODE_LETTERS.len();
        check += value * weight;
        letters.push(char::from(CODE_LETTERS[value]));
    }
    letters.push(char::from(CODE_LETTERS[check % CODE_LETTERS.len()]));
    letters
}
