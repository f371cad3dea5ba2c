//! MARACs, agencies and people of the benchmark: thirty MARACs in three police areas, fourteen
//! agencies in each area that sit in its ten MARACs.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use kernel::sql::sql;
use uuid::Uuid;

use crate::Outcome;
use crate::database::Database;

pub const AREAS: usize = 3;
pub const MARACS: usize = 30;
pub const KINDS: [&str; 14] = [
    "police",
    "idva",
    "childrens_social_care",
    "primary_care",
    "secondary_care_acute",
    "education",
    "housing",
    "mental_health",
    "probation",
    "voluntary_sector",
    "substance_misuse",
    "adult_social_care",
    "mash",
    "coordination",
];

/// Who is there, by number.
pub struct World {
    /// MARAC ids and codes; the area of MARAC n is n modulo three.
    pub maracs: Vec<(Uuid, String)>,
    /// Agencies by area and kind.
    pub agencies: Vec<Uuid>,
    /// The practitioner of each MARAC.
    pub authors: Vec<Uuid>,
}

impl World {
    /// The agency of this kind in the MARAC's area.
    pub fn agency(&self, marac: usize, kind: usize) -> Uuid {
        self.agencies[(marac % AREAS) * KINDS.len() + kind]
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = st::Uuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Coded {
    #[diesel(sql_type = st::Uuid)]
    id: Uuid,
    #[diesel(sql_type = st::Text)]
    code: String,
}

/// Who is there already, or is made now.
pub fn ensure(database: &Database, conn: &mut PgConnection) -> Outcome<World> {
    conn.transaction::<_, Box<dyn std::error::Error + Send + Sync>, _>(|conn| {
        diesel::connection::SimpleConnection::batch_execute(conn, include_str!("helpers.sql"))?;
        let maracs = load_maracs(conn)?;
        if maracs.is_empty() {
            make(database, conn)?;
        }
        let of = |conn: &mut PgConnection, text: &'static str| -> Outcome<Vec<Uuid>> {
            let rows: Vec<Id> = sql(text).load(conn)?;
            Ok(rows.into_iter().map(|row| row.id).collect())
        };
        Ok(World {
            maracs: load_maracs(conn)?,
            agencies: of(
                conn,
                "select agency_id as id from bench.agencies order by n",
            )?,
            authors: of(
                conn,
                "select user_id as id from bench.people where job = 'author' order by n",
            )?,
        })
    })
}

fn load_maracs(conn: &mut PgConnection) -> Outcome<Vec<(Uuid, String)>> {
    let rows: Vec<Coded> = sql("select id, code from maracs order by code").load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row.code)).collect())
}

fn make(database: &Database, conn: &mut PgConnection) -> Outcome {
    let now = database.clock.now();
    let maracs: Vec<Uuid> = (0..MARACS).map(|_| Uuid::now_v7()).collect();
    let agencies: Vec<Uuid> = (0..AREAS * KINDS.len()).map(|_| Uuid::now_v7()).collect();
    let codes = (0..MARACS).map(|n| format!("B{n:02}")).collect::<Vec<_>>();
    sql("insert into maracs (id, code, name, created_at) \
         select id, code, 'MARAC ' || code, $3 from unnest($1::uuid[], $2::text[]) as x(id, code)")
    .bind(maracs.clone())
    .bind(codes)
    .bind(now)
    .execute(conn)?;
    let kinds = (0..agencies.len()).map(|n| KINDS[n % KINDS.len()]);
    sql("insert into agencies (id, name, kind, created_at) \
         select id, 'Agency ' || n || ' (' || kind || ')', kind, $3 \
         from unnest($1::uuid[], $2::text[]) with ordinality as x(id, kind, n)")
    .bind(agencies.clone())
    .bind(kinds.collect::<Vec<_>>())
    .bind(now)
    .execute(conn)?;
    sql("insert into bench.agencies (n, agency_id) select n, id from unnest($1::uuid[]) with ordinality as x(id, n)")
        .bind(agencies.clone())
        .execute(conn)?;
    let area = |n: usize| &agencies[(n % AREAS) * KINDS.len()..][..KINDS.len()];
    for (n, marac) in maracs.iter().enumerate() {
        sql(
            "insert into marac_agencies (marac_id, agency_id, core, created_at) \
             select $1, id, true, $3 from unnest($2::uuid[]) as x(id)",
        )
        .bind(*marac)
        .bind(area(n).to_vec())
        .bind(now)
        .execute(conn)?;
    }
    for (n, marac) in maracs.iter().enumerate() {
        let (police, coordination) = (area(n)[0], area(n)[KINDS.len() - 1]);
        person(
            database,
            conn,
            "author",
            n,
            police,
            "practitioner",
            &[*marac],
        )?;
        person(
            database,
            conn,
            "coordinator",
            n,
            coordination,
            "coordinator",
            &[*marac],
        )?;
    }
    for (n, agency) in agencies.iter().enumerate() {
        let own: Vec<Uuid> = maracs
            .iter()
            .skip(n / KINDS.len())
            .step_by(AREAS)
            .copied()
            .collect();
        person(
            database,
            conn,
            "representative",
            n,
            *agency,
            "representative",
            &own,
        )?;
    }
    Ok(())
}

/// An account with one role, and a session that outlives the benchmark.
fn person(
    database: &Database,
    conn: &mut PgConnection,
    job: &'static str,
    n: usize,
    agency: Uuid,
    role: &'static str,
    maracs: &[Uuid],
) -> Outcome {
    let (id, session, now) = (Uuid::now_v7(), Uuid::now_v7(), database.clock.now());
    sql("insert into users (id, agency_id, email, name, created_at) values ($1, $2, $3, $3, $4)")
        .bind(id)
        .bind(agency)
        .bind(format!("{job}-{n}@bench.example"))
        .bind(now)
        .execute(conn)?;
    sql(
        "insert into role_grants (id, marac_id, user_id, role, created_at) \
         select id, marac_id, $3, $4, $5 from unnest($1::uuid[], $2::uuid[]) as x(id, marac_id)",
    )
    .bind(maracs.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
    .bind(maracs.to_vec())
    .bind(id)
    .bind(role)
    .bind(now)
    .execute(conn)?;
    sql(
        "insert into sessions (id, user_id, password_at, expires_at, created_at) \
         values ($1, $2, $3, $3 + interval '10 years', $3)",
    )
    .bind(session)
    .bind(id)
    .bind(now)
    .execute(conn)?;
    sql(
        "insert into bench.people (job, n, user_id, session_id, agency_id, marac_id) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(job)
    .bind(i32::try_from(n)? + 1)
    .bind(id)
    .bind(session)
    .bind(agency)
    .bind(maracs.first().copied())
    .execute(conn)?;
    Ok(())
}
