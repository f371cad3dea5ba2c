//! The program itself as a child process: its commands, and the service over a real socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use localpg::{LocalPg, Options};
use serde_json::{Value, json};
use uuid::Uuid;

pub const PASSWORD: &str = "four random socks tonight";

/// A folder that is gone when the test is.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("toldonce-program-{}", Uuid::now_v7()));
        std::fs::create_dir(&path).unwrap();
        // Root's server runs as another user, who must be able to reach it.
        let reachable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, reachable).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program with settings of its own and none of this process's. It listens on a free port, so that a
/// demonstration may run beside the tests.
pub fn program(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toldonce"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TOLDONCE_")) {
        command.env_remove(name);
    }
    command
        .current_dir(&folder.0)
        .env("TOLDONCE_LISTEN", "127.0.0.1:0")
        .env("TOLDONCE_DATA_DIR", folder.file("data"))
        .env("TOLDONCE_KEYS_FILE", folder.file("keys"));
    command
}

pub fn run(folder: &Folder, arguments: &[&str]) -> Output {
    program(folder).args(arguments).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
pub fn succeeds(folder: &Folder, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

#[track_caller]
pub fn fails(folder: &Folder, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{arguments:?}: {}",
        text(&output.stdout)
    );
    text(&output.stderr)
}

/// A running service; killed with the test.
pub struct Service {
    pub child: Child,
    pub address: String,
}

impl Service {
    pub fn ready(mut child: Child, address: String) -> Self {
        let deadline = Instant::now() + Duration::from_secs(300);
        while request(&address, "GET", "/readyz", &[], None).is_none_or(|(status, _)| status != 204)
        {
            assert!(child.try_wait().unwrap().is_none(), "it ended");
            assert!(Instant::now() < deadline, "it is not ready");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, address }
    }

    pub fn serve(folder: &Folder) -> Self {
        Self::serve_with(folder, |command| {
            command.stderr(Stdio::null());
        })
    }

    /// With settings, or somewhere to log to, of the test's own.
    pub fn serve_with(folder: &Folder, set: impl FnOnce(&mut Command)) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut command = program(folder);
        command.arg("serve").env("TOLDONCE_LISTEN", &address);
        set(&mut command);
        Self::ready(command.spawn().unwrap(), address)
    }

    pub fn post(&self, path: &str, body: Value) -> (u16, Value) {
        request(&self.address, "POST", path, &[], Some(body)).unwrap()
    }

    pub fn signal(&self, signal: i32) {
        // SAFETY: only sends a signal, to a child that is not yet waited for.
        let sent = unsafe { libc::kill(i32::try_from(self.child.id()).unwrap(), signal) };
        assert_eq!(sent, 0);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port for a program that is about to start. It lies below the ports that the system gives to
/// connections, and no two tests are given the same: nobody takes it before the program listens there.
pub fn free_port() -> u16 {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id();
    loop {
        let at = start.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = u16::try_from(FIRST + at).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// One request on a connection of its own; none if there is no answer.
pub fn request(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> Option<(u16, Value)> {
    let body = body.map(|body| body.to_string());
    let answer = exchange(address, method, path, headers, body.as_deref())?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((
        status,
        serde_json::from_str(body).unwrap_or_else(|_| json!(body)),
    ))
}

/// The same, as it comes over the wire: status line, headers, body.
pub fn exchange(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(300)))
        .ok()?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = body.unwrap_or_default();
    if !body.is_empty() {
        head.push_str(&format!(
            "content-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        ));
    }
    stream
        .write_all(format!("{head}\r\n{body}").as_bytes())
        .ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(text(&answer))
}

/// Keys, an administrator who has chosen a password, and a service that runs.
pub fn installed(folder: &Folder) -> Service {
    succeeds(
        folder,
        &[
            "keys",
            "new",
            "--out",
            folder.file("keys").to_str().unwrap(),
        ],
    );
    let invitation = add_administrator(folder);
    let service = Service::serve(folder);
    let body = json!({ "token": invitation, "password": PASSWORD });
    let (status, answer) = service.post("/api/v1/auth/invitation", body);
    assert_eq!(status, 200, "{answer}");
    service
}

pub fn add_administrator(folder: &Folder) -> String {
    let told = succeeds(
        folder,
        &[
            "user",
            "add",
            "--email",
            "Admin@body.example",
            "--name",
            "A. Admin",
            "--agency",
            "The Body",
        ],
    );
    told.lines().nth(2).unwrap().trim().to_owned()
}

pub fn signs_in(service: &Service) -> u16 {
    let body = json!({ "email": "admin@body.example", "password": PASSWORD });
    service.post("/api/v1/auth/login", body).0
}

/// The embedded database of a service, behind its back.
pub fn behind(folder: &Folder) -> (LocalPg, PgConnection) {
    let local = LocalPg::start(&Options {
        data_dir: folder.file("data"),
        durable: true,
        max_connections: 40,
    })
    .unwrap();
    let conn = PgConnection::establish(&local.superuser_url("toldonce")).unwrap();
    (local, conn)
}

/// The embedded server's postmaster and everything it started, all at once, by SIGKILL. Gives the
/// postmaster's process id.
#[cfg(target_os = "linux")]
pub fn kill_the_database(folder: &Folder) -> i32 {
    let (local, _conn) = behind(folder);
    let postmaster = postmaster(local.data_dir()).unwrap();
    let mut pids = vec![postmaster];
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // pid (name) state parent …
        let after_name = stat.rsplit(") ").next().unwrap_or_default();
        let parent = after_name.split(' ').nth(1);
        if parent == Some(postmaster.to_string().as_str()) {
            let name = entry.file_name();
            pids.extend(name.to_str().and_then(|pid| pid.parse::<i32>().ok()));
        }
    }
    assert!(pids.len() > 3, "the server has processes");
    for pid in pids {
        // SAFETY: only sends a signal, to the processes of this test's own server.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
    postmaster
}

/// The process id of the server that runs on these data, or ran on them last.
pub fn postmaster(data_dir: &std::path::Path) -> Option<i32> {
    let text = std::fs::read_to_string(data_dir.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}
