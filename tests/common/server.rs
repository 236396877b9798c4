//! A real routing server on the shipped roads, and scenarios that ask it.

use crate::tools;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// `osrm-routed`, killed at the end.
pub struct Server {
    child: Child,
    pub port: u16,
    limit: u32,
}

fn place() -> PathBuf {
    tools::folder().join("osrm")
}

/// Whether the server is installed; where it must be, a failure.
pub fn installed() -> bool {
    let there = place().join("roads.osrm.mldgr").exists() && place().join("osrm/bin/osrm-routed").exists();
    if !there {
        tools::skipped("osrm-routed is missing");
    }
    there
}

impl Server {
    /// A server on a free port of loopback, with a limit of so many places on a side.
    pub fn start(limit: u32) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { child: spawn(port, limit), port, limit }
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// On the same port, after [`Self::kill`].
    pub fn restart(&mut self) {
        self.child = spawn(self.port, self.limit);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(port: u16, limit: u32) -> Child {
    let mut child = Command::new(place().join("osrm/bin/osrm-routed"))
        .args(["--algorithm", "mld", "-i", "127.0.0.1", "-p", &port.to_string()])
        .args(["--max-table-size", &limit.to_string()])
        .arg(place().join("roads.osrm"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(child.try_wait().unwrap().is_none(), "osrm-routed does not start");
        std::thread::sleep(Duration::from_millis(50));
    }
    child
}

/// The Nord's scenario with its trips from a server, and more lines: of `[travel.osrm]`, then of the scenario.
pub fn scenario(folder: &Path, port: u16, server: &str, more: &str) -> String {
    let nord = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/nord.toml");
    let text = format!(
        "base = {nord:?}\nname = \"nord-osrm\"\n{more}\n[travel]\nsource = \"osrm\"\n[travel.osrm]\nserver = \"http://127.0.0.1:{port}\"\n{server}\n"
    );
    let path = folder.join("nord-osrm.toml");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
