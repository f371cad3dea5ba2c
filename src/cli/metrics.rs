//! `/metrics` on a port of its own, which only the machines that watch should reach.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::Server;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::{Failure, Outcome};

/// The port, taken, and what is told there.
pub struct Meters {
    listener: TcpListener,
    handle: PrometheusHandle,
}

/// Takes the port and starts counting.
pub fn open(address: SocketAddr) -> Outcome<Meters> {
    let listener = TcpListener::bind(address).map_err(|error| {
        Failure::new(format!(
            "TOLDONCE_METRICS_LISTEN: cannot listen on {address}: {error}"
        ))
    })?;
    let handle = PrometheusBuilder::new()
        .set_buckets(&kernel::metrics::BUCKETS)?
        .install_recorder()?;
    kernel::metrics::describe();
    Ok(Meters { listener, handle })
}

/// The server for it.
pub fn serve(meters: Meters) -> std::io::Result<Server> {
    let handle = Data::new(meters.handle);
    Ok(HttpServer::new(move || {
        App::new()
            .app_data(handle.clone())
            .service(web::resource("/metrics").get(tell))
    })
    .workers(1)
    .disable_signals()
    .listen(meters.listener)?
    .run())
}

async fn tell(handle: Data<PrometheusHandle>) -> HttpResponse {
    handle.run_upkeep();
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(handle.render())
}
