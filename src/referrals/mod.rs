//! Referrals: the act of sending a case in, from draft to decision.

pub mod document;

/// The operations of this resource.
pub fn routes(_config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {}
