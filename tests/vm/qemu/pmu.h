/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * AMD family 10h performance counters for TCG. See tcg/sysemu/pmu.c.
 */
#ifndef I386_PMU_H
#define I386_PMU_H

#define X86_PMU_COUNTERS 4

#define MSR_K7_EVNTSEL0 0xc0010000
#define MSR_K7_PERFCTR0 0xc0010004

/* Zeroed by a CPU reset. Touched by the vCPU's own thread only. */
typedef struct X86PMU {
    uint64_t evtsel[X86_PMU_COUNTERS];
    uint64_t counter[X86_PMU_COUNTERS]; /* 48 bits, as of the last sync */
    uint64_t retired;       /* added to by the code of CF_COUNT_INSNS blocks */
    uint64_t retired_stamp; /* retired at the last sync */
    int64_t clock_stamp;    /* x86_pmu_clock() at the last sync */
    int64_t deadline;       /* the timer's, 0 if it is not armed */
    /* One bit per counter. */
    uint8_t enabled;    /* EN is set */
    uint8_t cycles;     /* counts unhalted cycles at this moment */
    uint8_t insns;      /* counts retired instructions at this moment */
    uint8_t dtlb;       /* counts DTLB misses at this moment */
    uint8_t itlb;       /* counts ITLB misses at this moment */
    uint8_t overflowed; /* owes an interrupt */
    bool is_work_queued;
    bool is_halted;
} X86PMU;

struct CPUArchState;

/* The privilege level, or guest mode, has changed. */
void x86_pmu_update(struct CPUArchState *env);
/* HLT, and the end of it. */
void x86_pmu_halt(struct CPUArchState *env);
void x86_pmu_resume(struct CPUArchState *env);
/* The softmmu TLB was filled for a page of this size. */
void x86_pmu_tlb_miss(struct CPUArchState *env, bool is_fetch,
                      uint64_t page_size);
/* False if this is not a register of the PMU. */
bool x86_pmu_wrmsr(struct CPUArchState *env, uint32_t msr, uint64_t val);
bool x86_pmu_rdmsr(struct CPUArchState *env, uint32_t msr, uint64_t *val);

#endif
