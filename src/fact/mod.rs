//! Facts: what a record says, in the vocabulary that rules and checks read.
//!
//! A fact has a name (`queue.server`, `clock.offset_seconds`), a value and the
//! property it was read from. A fact that was not given is absent: nothing here
//! ever turns "not given" into "no". `host` joins the names under which one
//! server appears.

mod address_range;
mod age;
mod host;
mod host_name;
mod observation;
mod table;

pub use address_range::{AddressRange, Endpoint};
pub use age::{is_state, shows_present, Age, Between, Gap, Sight, Window, LASTING_SECONDS, NEAR_SECONDS};
pub use host::{Group, Host, HostId, Hosts};
pub use host_name::{conflict_of, parse_address, short_name};
pub use observation::Observation;
pub use table::{Fact, FactTable, FactValue};
