/* funnel-1 in C with all that makes ours.py fast, to show what is left between Python and C: leads are drawn when
   somebody works on them, touches multiply draws, the rep with the fewest leads is found as water fills steps, and one
   number relaxes all trust. Same luck, same leads. */
#include "funnel.h"

enum { LANES = 16 };

typedef struct {
    int64_t key;
    double score, quality, hardness;
    int32_t marketer, created, stage, next;
} Lead;

typedef struct {
    int64_t key;
    int32_t day, next;
} Returned;

typedef struct {
    int32_t n, queue_day, queue_index, head, tail; /* head, tail: of those sent back, -1 = none */
    int64_t turn;
    int32_t *arrived;                              /* by day */
    double *ahead, *quality;
    int64_t *key, *turns;
} Marketer;

typedef struct {
    int32_t n, room;
    Lead *desk;
    double *trust; /* distance from its rest, of the first day's measure */
} Rep;

typedef struct {
    int64_t seed;
    int n_marketers, n_reps, n_days, marketer_touches, rep_touches, lanes;
    Marketer *marketers;
    Rep *reps;
    int32_t *load;
    Returned *returned;
    int32_t n_returned, returned_room, fewest, next_rep, most;
    int64_t count[N_PLACES];
    double *priority, memory, chance_below[128];
} Firm;

static void arrive(Firm *f, Marketer *m, int marketer, int day) {
    double u = draw(f->seed, marketer, ARRIVAL, day);
    int n = 0;
    while (u > f->chance_below[n]) n++;
    m->arrived[day] = n;
    f->count[UNQUALIFIED] += n;
}

static int64_t next_in_queue(Firm *f, Marketer *m, int marketer, int day) {
    for (;; m->queue_day++, m->queue_index = 0) {
        if (m->queue_index < m->arrived[m->queue_day])
            return ((int64_t)m->queue_day << 40) | ((int64_t)marketer << 24) | (m->queue_index++ << 1);
        if (m->head >= 0 && f->returned[m->head].day == m->queue_day) {
            int64_t key = f->returned[m->head].key;
            m->head = f->returned[m->head].next;
            return key;
        }
        if (m->queue_day == day) return -1;
    }
}

static void take_up(Firm *f, Marketer *m, int marketer, int day) {
    while (m->n < f->marketer_touches) {
        int64_t key = next_in_queue(f, m, marketer, day);
        if (key < 0) return;
        double quality = beta_2_5(f->seed, key & ~1);
        m->key[m->n] = key;
        m->quality[m->n] = quality;
        m->turns[m->n] = m->turn++;
        m->ahead[m->n++] = exp(fmin(700, (key & 1 ? 2.5 : 5) / quality));
    }
}

static void hand_over(Firm *f, Marketer *m, int marketer, int i) {
    while (f->load[f->next_rep] > f->fewest)
        if (++f->next_rep == f->n_reps) f->next_rep = 0, f->fewest++;
    Rep *rep = &f->reps[f->next_rep];
    if (rep->n == rep->room) rep->desk = realloc(rep->desk, (rep->room *= 2) * sizeof(Lead));
    rep->desk[rep->n++] = (Lead){ .key = m->key[i], .quality = m->quality[i], .marketer = marketer,
                                  .score = 1 - 0.2 * m->quality[i] * log(m->ahead[i]),
                                  .created = m->key[i] >> 40, .stage = QUALIFIED };
    f->load[f->next_rep]++;
    f->count[UNQUALIFIED]--;
    f->count[QUALIFIED]++;
}

static int first_ready(const Marketer *m) {
    int best = 0;
    int64_t earliest = INT64_MAX;
    for (int i = 0; i < m->n; i++)
        if (m->ahead[i] <= 1 && m->turns[i] < earliest) best = i, earliest = m->turns[i];
    return best;
}

static void market(Firm *f, int marketer, int day, Day *today) {
    Marketer *m = &f->marketers[marketer];
    arrive(f, m, marketer, day);
    take_up(f, m, marketer, day);
    today->nurture_touches += m->n;
    double *restrict ahead = m->ahead;
    int64_t *restrict key = m->key, seed = f->seed;
    int n_ready = 0, lanes = (m->n + LANES - 1) / LANES * LANES;
    for (int i = m->n; i < lanes; i++) ahead[i] = 1e300; /* nobody there */
    for (int i = 0; i < lanes; i++) {
        ahead[i] *= draw(seed, key[i], NURTURE, day);
        n_ready += ahead[i] <= 1;
    }
    for (; n_ready > 0; n_ready--) {
        int i = first_ready(m), last = --m->n;
        hand_over(f, m, marketer, i);
        ahead[i] = ahead[last], key[i] = key[last], m->quality[i] = m->quality[last], m->turns[i] = m->turns[last];
    }
}

static inline double trust_of(Firm *f, Rep *rep, Lead *lead) { return 0.4 + rep->trust[lead->marketer] * f->memory; }

static inline void set_trust(Firm *f, Rep *rep, Lead *lead, double trust) {
    rep->trust[lead->marketer] = (fmin(fmax(trust, 0), 1) - 0.4) / f->memory;
}

static inline void move(Firm *f, Lead *lead, int stage) {
    f->count[lead->stage]--;
    f->count[stage]++;
    lead->stage = stage;
}

static void send_back(Firm *f, Lead *lead, int day) {
    Marketer *m = &f->marketers[lead->marketer];
    if (f->n_returned == f->returned_room)
        f->returned = realloc(f->returned, (f->returned_room *= 2) * sizeof(Returned));
    f->returned[f->n_returned] = (Returned){ lead->key | 1, day, -1 };
    if (m->head < 0) m->head = f->n_returned;
    else f->returned[m->tail].next = f->n_returned;
    m->tail = f->n_returned++;
}

static void judge(Firm *f, Rep *rep, Lead *lead, int day, Day *today) {
    double trust = trust_of(f, rep, lead);
    if (draw(f->seed, lead->key, ACCEPT, 0) < logistic(-1 + 3 * lead->quality + trust)) {
        lead->hardness = exp(1 - 2 * lead->quality - 0.3 * normal(f->seed, lead->key & ~1, FIT));
        move(f, lead, FIRST_STAGE);
        return;
    }
    today->rejections++;
    today->conflicts += draw(f->seed, lead->key, CONFLICT, 0) < 0.3 * (1 - trust);
    set_trust(f, rep, lead, trust - 0.02);
    if (lead->key & 1) {
        move(f, lead, CLOSED);
    } else {
        send_back(f, lead, day);
        move(f, lead, UNQUALIFIED);
    }
}

static void pursue(Firm *f, Rep *rep, Lead *lead, int day, Day *today) {
    if (draw(f->seed, lead->key, LOSS, day) < 0.03 * (1 + (day - lead->created) * (1 / 90.0))) {
        move(f, lead, LOST);
        return;
    }
    double odds_against = lead->hardness * exp(-0.5 * trust_of(f, rep, lead));
    if (draw(f->seed, lead->key, ADVANCE, day) * (1 + odds_against) < 1) {
        move(f, lead, lead->stage + 1);
        if (lead->stage == WON) {
            today->revenue += 20000 * exp(0.6 * normal(f->seed, lead->key & ~1, PRICE));
            today->cycle_days += day - lead->created;
            set_trust(f, rep, lead, trust_of(f, rep, lead) + 0.01);
        }
    }
}

static void sell(Firm *f, int r, int day, Day *today) {
    Rep *rep = &f->reps[r];
    Lead *desk = rep->desk;
    int32_t chosen[f->rep_touches + 1];
    int n = 0, most = f->rep_touches;
    if (rep->n > f->most) f->priority = realloc(f->priority, (f->most = 2 * rep->n) * sizeof(double));
    double *priority = f->priority;
    for (int i = 0; i < rep->n; i++) {
        double promise = priority[i] = trust_of(f, rep, &desk[i]) * desk[i].score;
        int at = n;
        for (; at > 0; at--) {
            int rival = chosen[at - 1];
            if (priority[rival] > promise || (priority[rival] == promise && desk[rival].key < desk[i].key)) break;
            if (at < most) chosen[at] = rival;
        }
        if (at < most) chosen[at] = i;
        n += at < most && n < most;
    }
    today->sales_touches += n;
    for (int i = 0; i < n; i++) {
        if (desk[chosen[i]].stage == QUALIFIED) judge(f, rep, &desk[chosen[i]], day, today);
        else pursue(f, rep, &desk[chosen[i]], day, today);
    }
    int left = rep->n;
    for (int i = left - 1; i >= 0; i--)
        if (desk[i].stage == UNQUALIFIED || desk[i].stage >= WON) desk[i] = desk[--left];
    rep->n = f->load[r] = left;
}

static void found(Firm *f, double arrivals) {
    f->returned_room = 1024, f->most = 64, f->memory = 1;
    f->lanes = (f->marketer_touches + LANES - 1) / LANES * LANES;
    f->returned = malloc(f->returned_room * sizeof(Returned));
    f->priority = malloc(f->most * sizeof(double));
    f->marketers = calloc(f->n_marketers, sizeof(Marketer));
    f->reps = malloc(f->n_reps * sizeof(Rep));
    f->load = calloc(f->n_reps, sizeof(int32_t));
    double term = exp(-arrivals), below = term;
    for (int n = 0; n < 128; below += term = term * arrivals / ++n) f->chance_below[n] = n < 127 ? below : 1;
    for (int m = 0; m < f->n_marketers; m++) {
        Marketer *each = &f->marketers[m];
        each->head = each->tail = -1;
        each->arrived = malloc(f->n_days * sizeof(int32_t));
        each->ahead = malloc(f->lanes * sizeof(double));
        each->quality = malloc(f->lanes * sizeof(double));
        each->key = calloc(f->lanes, sizeof(int64_t));
        each->turns = malloc(f->lanes * sizeof(int64_t));
    }
    for (int r = 0; r < f->n_reps; r++)
        f->reps[r] = (Rep){ 0, 16, malloc(16 * sizeof(Lead)), calloc(f->n_marketers, sizeof(double)) };
}

static void dissolve(Firm *f) {
    for (int m = 0; m < f->n_marketers; m++) {
        Marketer *each = &f->marketers[m];
        free(each->arrived), free(each->ahead), free(each->quality), free(each->key), free(each->turns);
    }
    for (int r = 0; r < f->n_reps; r++) free(f->reps[r].desk), free(f->reps[r].trust);
    free(f->returned), free(f->priority), free(f->marketers), free(f->reps), free(f->load);
}

void run(int64_t seed, const int *sizes, double arrivals, Day *days) {
    Firm firm = { .seed = seed, .n_marketers = sizes[0], .n_reps = sizes[1], .n_days = sizes[2],
                  .marketer_touches = sizes[3], .rep_touches = sizes[4] }, *f = &firm;
    found(f, arrivals);
    for (int day = 0; day < f->n_days; day++) {
        f->next_rep = 0, f->fewest = f->load[0];
        for (int r = 0; r < f->n_reps; r++) f->fewest = f->load[r] < f->fewest ? f->load[r] : f->fewest;
        for (int m = 0; m < f->n_marketers; m++) market(f, m, day, &days[day]);
        for (int r = 0; r < f->n_reps; r++)
            if (f->load[r] > 0) sell(f, r, day, &days[day]);
        f->memory *= 0.99;
        memcpy(days[day].leads, f->count, sizeof f->count);
    }
    dissolve(f);
}
