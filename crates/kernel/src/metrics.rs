//! What is counted for those who run the service: rates, durations, connections, the age of the
//! audit's last seal. Labels are route templates, methods and statuses; never an id or a name.

use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use metrics::{Unit, counter, gauge, histogram};

const REQUESTS: &str = "toldonce_http_request_seconds";
const STATEMENTS: &str = "toldonce_database_statements_total";
const CONNECTIONS: &str = "toldonce_database_connections";
const SEALED: &str = "toldonce_audit_sealed_total";
const SEAL_AGE: &str = "toldonce_audit_seal_age_seconds";
const JOB: &str = "toldonce_job_seconds";
const MAIL: &str = "toldonce_mail_total";
const DAMAGED: &str = "toldonce_damaged_parts_total";
const UNSEEN: &str = "toldonce_referrals_unseen";
const MEMORY: &str = "process_resident_memory_bytes";

/// Bounds of the durations' histogram, in seconds.
pub const BUCKETS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// Says what each figure means.
pub fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_histogram!(
        REQUESTS,
        Unit::Seconds,
        "Time to the answer, by route, method and status"
    );
    describe_counter!(
        STATEMENTS,
        Unit::Count,
        "SQL statements sent, transaction control included"
    );
    describe_gauge!(
        CONNECTIONS,
        Unit::Count,
        "Database connections, in use and idle"
    );
    describe_counter!(SEALED, Unit::Count, "Audit rows sealed by this server");
    describe_gauge!(
        SEAL_AGE,
        Unit::Seconds,
        "Time since the audit's tail was last sealed"
    );
    describe_histogram!(JOB, Unit::Seconds, "Time a job took, by name and result");
    describe_counter!(MAIL, Unit::Count, "E-mails that ended, by outcome");
    describe_counter!(
        DAMAGED,
        Unit::Count,
        "Parts of files that could not be read, each time one was met, by table"
    );
    describe_gauge!(
        UNSEEN,
        Unit::Count,
        "Referrals that wait and that nobody who decides in their MARAC may see"
    );
    describe_gauge!(MEMORY, Unit::Bytes, "Resident memory of this process");
}

/// Counts a part that could not be read.
pub(crate) fn damaged(table: &'static str) {
    counter!(DAMAGED, "table" => table).increment(1);
}

/// Middleware: counts and times every answer.
pub async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let began = Instant::now();
    let method = method(request.method());
    let outcome = next.call(request).await;
    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let route = route(&outcome);
    histogram!(REQUESTS, "route" => route, "method" => method, "status" => status.as_u16().to_string())
        .record(began.elapsed());
    outcome
}

/// The template of the route that answered. Asked for afterwards: before the routing it would have to
/// be looked for once more, among all of them.
pub(crate) fn route<B>(outcome: &Result<ServiceResponse<B>, actix_web::Error>) -> String {
    let pattern = outcome
        .as_ref()
        .ok()
        .and_then(|response| response.request().match_pattern());
    pattern.unwrap_or_else(|| "unmatched".into())
}

/// A method's name; what is not offered counts as one, for anybody can invent methods.
pub(crate) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts rows that were sealed.
pub fn sealed(rows: usize) {
    counter!(SEALED).increment(rows as u64);
}

/// Counts and times a job.
pub fn job(name: &'static str, done: bool, took: Duration) {
    let result = if done { "done" } else { "failed" };
    histogram!(JOB, "job" => name, "result" => result).record(took);
}

/// Counts an e-mail that ended.
pub fn mail(outcome: &'static str) {
    counter!(MAIL, "outcome" => outcome).increment(1);
}

/// Sets how many referrals nobody sees.
pub fn unseen(referrals: i64) {
    gauge!(UNSEEN).set(f64::from(i32::try_from(referrals).unwrap_or(i32::MAX)));
}

/// Sets what is read at intervals: connections in use and idle, statements sent so far, the age of the last seal.
pub fn gauge((in_use, idle): (u32, u32), statements: u64, seal_age: Duration) {
    counter!(STATEMENTS).absolute(statements);
    gauge!(CONNECTIONS, "state" => "in_use").set(f64::from(in_use));
    gauge!(CONNECTIONS, "state" => "idle").set(f64::from(idle));
    gauge!(SEAL_AGE).set(seal_age);
    if let Some(bytes) = resident_memory() {
        gauge!(MEMORY).set(bytes);
    }
}

/// As Linux tells it; elsewhere it is not told.
fn resident_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024.0)
}
