//! Being told: whom a notice reaches, what an inbox shows, and what goes out by e-mail.

mod events;
mod inbox;
mod post;
mod server;
mod telling;
