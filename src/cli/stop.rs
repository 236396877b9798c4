//! Ctrl-C and the signal to terminate: the first asks to stop, the second stops at once.

use super::ExitStatus;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);
static HANDLER: Once = Once::new();

/// Listens from now on; `heard` is called at the first signal. Where the system does not let us,
/// the signal ends the program as usual.
pub(super) fn listen(heard: impl Fn() + Send + 'static) {
    HANDLER.call_once(|| {
        let _ = ctrlc::set_handler(move || {
            if STOP.swap(true, Ordering::SeqCst) {
                std::process::exit(ExitStatus::Interrupted.code().into());
            }
            heard();
        });
    });
}

/// Whether somebody asked to stop.
pub(super) fn asked() -> bool {
    STOP.load(Ordering::SeqCst)
}
