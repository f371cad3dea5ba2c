//! The id that ties an answer, the log and the audit together.

use std::cell::Cell;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use uuid::Uuid;

thread_local! {
    static REQUEST: Cell<Option<Uuid>> = const { Cell::new(None) };
}

tokio::task_local! {
    static TASK_REQUEST: Uuid;
}

/// The id of the request under way; a fresh one outside of any.
pub fn request_id() -> Uuid {
    TASK_REQUEST
        .try_with(|id| *id)
        .ok()
        .or_else(|| REQUEST.with(Cell::get))
        .unwrap_or_else(Uuid::now_v7)
}

/// Runs `work` on this thread as part of a request.
pub fn with_request_id<T>(id: Uuid, work: impl FnOnce() -> T) -> T {
    REQUEST.with(|cell| {
        let before = cell.replace(Some(id));
        let result = work();
        cell.set(before);
        result
    })
}

/// Middleware: gives each request its id, and the answer the same in `X-Request-Id`.
pub async fn identify(
    request: ServiceRequest,
    next: actix_web::middleware::Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = Uuid::now_v7();
    TASK_REQUEST
        .scope(id, async move {
            let mut response = next.call(request).await?;
            if let Ok(value) = actix_web::http::header::HeaderValue::from_str(&id.to_string()) {
                let name = actix_web::http::header::HeaderName::from_static("x-request-id");
                response.headers_mut().insert(name, value);
            }
            Ok(response)
        })
        .await
}
