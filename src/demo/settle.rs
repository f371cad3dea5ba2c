//! The demonstration's places and people, set up before its story begins, and where its cases stand
//! at the end.

use uuid::Uuid;

use super::caseload::Caseload;
use super::load::{CLIENT_ID, LoadError, LoadedKeys, PASSWORD};
use super::places::{ApiClient, User};
use super::words::{RegisteredKind, State};
use casework::cases::intake;
use directory::agencies::{self, Agreement, NewAgency};
use directory::auth::password::Passwords;
use directory::clients::{self, NewActor, NewClient};
use directory::maracs::{self, NewMarac};
use directory::users::{self, NewUser};
use kernel::audit::{Audited, Event};
use kernel::db::{Db, Tx};
use kernel::error::Error;
use kernel::policy::Act;
use practice::marac::settings::MaracSettings;
use practice::text::Line;
use practice::vocabulary::CaseStatus;

/// Sets up MARACs, agencies, accounts and clients.
pub fn places(
    db: &Db,
    passwords: &Passwords,
    caseload: &Caseload,
) -> Result<LoadedKeys, LoadError> {
    let hash = passwords.hash_blocking(PASSWORD)?;
    let done = db.run_system(Act::SetUp.ask(), |tx| {
        let known = set_up(tx, caseload, &hash);
        // What the caseload lacks is no failure of the database: it is told after the rollback.
        match known {
            Ok(known) => Ok(Audited::new(Ok(known), Event::new())),
            Err(LoadError::Failed(error)) => Err(error),
            Err(other) => Ok(Audited::new(Err(other), Event::new())),
        }
    });
    done?
}

fn set_up(tx: &mut Tx<'_>, caseload: &Caseload, hash: &str) -> Result<LoadedKeys, LoadError> {
    let mut known = LoadedKeys::default();
    for marac in &caseload.maracs {
        let id = fresh(&mut known, "marac", &marac.code);
        let new = NewMarac {
            code: Line::as_stored(&marac.code),
            name: Line::as_stored(&marac.name),
            local_authority_codes: marac
                .local_authority_codes
                .iter()
                .map(Line::as_stored)
                .collect(),
            police_force_area: Some(Line::as_stored(&marac.police_force_area)),
            adult_female_population: Some(marac.adult_female_population),
            adult_female_population_year: Some(marac.adult_female_population_year),
            settings: MaracSettings::default(),
        };
        maracs::create(tx, id, &new)?;
    }
    for agency in &caseload.agencies {
        let id = fresh(&mut known, "agency", &agency.key);
        agencies::create(
            tx,
            id,
            &NewAgency {
                name: Line::as_stored(&agency.name),
                kind: agency.kind,
            },
        )?;
        for member in &agency.maracs {
            let agreement = Agreement {
                core: member.core,
                signed_on: Some(member.agreement_signed_on.into()),
                signatory: Some(Line::as_stored(&member.agreement_signatory)),
                review_on: Some(member.agreement_review_on.into()),
                access_ends_at: None,
            };
            agencies::join(tx, known.id("marac", &member.marac)?, id, &agreement)?;
        }
    }
    for user in &caseload.users {
        account(tx, &mut known, user, hash)?;
    }
    for client in &caseload.api_clients {
        program(tx, &mut known, client)?;
    }
    Ok(known)
}

fn fresh(known: &mut LoadedKeys, kind: &'static str, key: &str) -> Uuid {
    let id = Uuid::now_v7();
    known.ids.insert((kind, key.to_owned()), id);
    id
}

fn account(
    tx: &mut Tx<'_>,
    known: &mut LoadedKeys,
    user: &User,
    hash: &str,
) -> Result<(), LoadError> {
    let id = fresh(known, "user", &user.key);
    let new = NewUser {
        agency_id: known.id("agency", &user.agency)?,
        email: user.email.clone(),
        name: user.name.clone(),
        password_hash: Some(hash.to_owned()),
        administrator: user.administrator,
    };
    users::create(tx, id, &new)?;
    for grant in &user.roles {
        for marac in &grant.maracs {
            users::grant(tx, id, known.id("marac", marac)?, grant.role, None)?;
        }
    }
    Ok(())
}

fn program(tx: &mut Tx<'_>, known: &mut LoadedKeys, client: &ApiClient) -> Result<(), LoadError> {
    let id = CLIENT_ID;
    known.ids.insert(("client", client.key.clone()), id);
    let agency_id = known.id("agency", &client.agency)?;
    let new = NewClient {
        agency_id,
        name: client.name.clone(),
        rights: client.rights.clone(),
        created_by: known.id("user", &client.created_by)?,
    };
    clients::create_with(tx, id, &new, PASSWORD)?;
    for grant in &client.roles {
        for marac in &grant.maracs {
            clients::grant(tx, id, known.id("marac", marac)?, grant.role)?;
        }
    }
    // The service actor comes with the client.
    for actor in client
        .actors
        .iter()
        .filter(|actor| actor.kind == RegisteredKind::Person)
    {
        let user_id = actor
            .user
            .as_deref()
            .map(|key| known.id("user", key))
            .transpose()?;
        let new = NewActor {
            client_id: id,
            agency_id,
            partner_ref: actor.partner_ref.clone(),
            name: actor.name.clone(),
            user_id,
        };
        clients::register(tx, Uuid::now_v7(), &new)?;
    }
    Ok(())
}

/// Where time alone has brought cases: under observation, moved away.
pub fn standings(db: &Db, caseload: &Caseload, known: &LoadedKeys) -> Result<(), LoadError> {
    let mut stands = Vec::new();
    for case in &caseload.cases {
        let status = match case.state {
            State::Monitoring => CaseStatus::Monitoring,
            State::TransferredOut => CaseStatus::TransferredOut,
            _ => continue,
        };
        stands.push((known.id("case", &case.key)?, status));
    }
    let stored = db.run_system(Act::SetUp.ask(), |tx| {
        for (id, status) in &stands {
            intake::record_standing(tx, *id, *status)?;
        }
        Ok::<_, Error>(Audited::new((), Event::new().rows(stands.len())))
    });
    Ok(stored?)
}
