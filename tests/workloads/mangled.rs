// SPDX-License-Identifier: GPL-2.0-only
// Burns instructions under a Rust name that has to be demangled:
// mangled::farm::plough.
mod farm {
    use std::arch::asm;

    #[inline(never)]
    pub fn plough(mut turns: u64) -> u64 {
        unsafe {
            asm!("2:", "dec {0}", "jnz 2b", inout(reg) turns);
        }
        turns
    }
}

fn main() {
    let millions = std::env::args().nth(1).and_then(|m| m.parse().ok()).unwrap_or(1u64);
    let left: u64 = (0..millions).map(|_| farm::plough(500_000)).sum();
    std::process::exit(left as i32);
}
