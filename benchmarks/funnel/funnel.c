/* funnel-1 as a C programmer writes it: every lead is drawn when it arrives, every touch is made. Luck has the
   addresses of ours.py, so both programs can be held against each other lead by lead.

   A lead that a marketer works on has its key, score and quality in columns of the marketer, so that the compiler can
   touch several at once; everything else stays in the lead. */
#include "funnel.h"

typedef struct {
    int64_t key;
    double quality, fit, score;
    int32_t marketer, created, stage, next;
} Lead;

typedef struct {
    int32_t first, last;  /* of those who wait; -1 = none */
    int32_t n;            /* leads in hand */
    int32_t *lead;
    int64_t *key;
    double *score, *quality;
} Marketer;

typedef struct {
    int32_t n, room;
    int32_t *lead;
    double *trust;
} Rep;

typedef struct {
    int64_t seed;
    int n_marketers, n_reps, n_days, marketer_touches, rep_touches;
    double arrivals;
    Marketer *marketers;
    Rep *reps;
    int32_t *load;        /* open leads by rep */
    Lead *leads;
    int64_t n_leads, room;
    int64_t count[N_PLACES];
    double *priority;     /* scratch of the rep at work */
    int32_t most;
} Firm;

static void append(Firm *f, Marketer *m, int32_t id) {
    f->leads[id].next = -1;
    if (m->first < 0) m->first = id;
    else f->leads[m->last].next = id;
    m->last = id;
}

static void arrive(Firm *f, int marketer, int day) {
    int n = poisson(f->arrivals, draw(f->seed, marketer, ARRIVAL, day));
    if (f->n_leads + n > f->room) {
        f->room = 2 * f->room + n;
        f->leads = realloc(f->leads, f->room * sizeof(Lead));
    }
    for (int i = 0; i < n; i++) {
        int32_t id = f->n_leads++;
        int64_t key = ((int64_t)day << 40) | ((int64_t)marketer << 24) | (i << 1);
        f->leads[id] = (Lead){ .key = key, .quality = beta_2_5(f->seed, key), .fit = normal(f->seed, key, FIT),
                               .score = 0, .marketer = marketer, .created = day, .stage = UNQUALIFIED };
        append(f, &f->marketers[marketer], id);
    }
    f->count[UNQUALIFIED] += n;
}

static void take_up(Firm *f, Marketer *m) {
    while (m->n < f->marketer_touches && m->first >= 0) {
        int32_t id = m->first;
        m->first = f->leads[id].next;
        m->lead[m->n] = id;
        m->key[m->n] = f->leads[id].key;
        m->score[m->n] = f->leads[id].score;
        m->quality[m->n++] = f->leads[id].quality;
    }
}

static void hand_over(Firm *f, int32_t id, double score) {
    int32_t fewest = f->load[0], best = 0;
    for (int r = 1; r < f->n_reps; r++) fewest = f->load[r] < fewest ? f->load[r] : fewest;
    while (f->load[best] != fewest) best++;
    Rep *rep = &f->reps[best];
    if (rep->n == rep->room) rep->lead = realloc(rep->lead, (rep->room *= 2) * sizeof(int32_t));
    rep->lead[rep->n++] = id;
    f->load[best]++;
    f->leads[id].score = score;
    f->leads[id].stage = QUALIFIED;
    f->count[UNQUALIFIED]--;
    f->count[QUALIFIED]++;
}

static void market(Firm *f, int marketer, int day, Day *today) {
    Marketer *m = &f->marketers[marketer];
    arrive(f, marketer, day);
    take_up(f, m);
    today->nurture_touches += m->n;
    double *restrict score = m->score, *restrict quality = m->quality;
    int64_t *restrict key = m->key, seed = f->seed;
    int n = m->n, ready = 0, kept = 0;
    for (int i = 0; i < n; i++) {
        score[i] -= 0.2 * quality[i] * log(draw(seed, key[i], NURTURE, day));
        ready += score[i] >= 1.0;
    }
    if (!ready) return;
    for (int i = 0; i < n; i++) {
        if (score[i] >= 1.0) {
            hand_over(f, m->lead[i], score[i]);
        } else {
            m->lead[kept] = m->lead[i];
            key[kept] = key[i];
            score[kept] = score[i];
            quality[kept++] = quality[i];
        }
    }
    m->n = kept;
}

static void move(Firm *f, Lead *lead, int stage) {
    f->count[lead->stage]--;
    f->count[stage]++;
    lead->stage = stage;
}

static void judge(Firm *f, Rep *rep, int32_t id, Day *today) {
    Lead *lead = &f->leads[id];
    double *trust = &rep->trust[lead->marketer];
    if (draw(f->seed, lead->key, ACCEPT, 0) < logistic(-1 + 3 * lead->quality + *trust)) {
        move(f, lead, FIRST_STAGE);
        return;
    }
    today->rejections++;
    today->conflicts += draw(f->seed, lead->key, CONFLICT, 0) < 0.3 * (1 - *trust);
    *trust = fmax(0, *trust - 0.02);
    if (lead->key & 1) {
        move(f, lead, CLOSED);
    } else {
        lead->key |= 1; /* its luck in a second try is another one */
        lead->score = 0.5;
        move(f, lead, UNQUALIFIED);
        append(f, &f->marketers[lead->marketer], id);
    }
}

static void pursue(Firm *f, Rep *rep, Lead *lead, int day, Day *today) {
    double *trust = &rep->trust[lead->marketer];
    if (draw(f->seed, lead->key, LOSS, day) < 0.03 * (1 + (day - lead->created) / 90.0)) {
        move(f, lead, LOST);
    } else if (draw(f->seed, lead->key, ADVANCE, day)
               < logistic(-1 + 2 * lead->quality + 0.3 * lead->fit + 0.5 * *trust)) {
        move(f, lead, lead->stage + 1);
        if (lead->stage == WON) {
            today->revenue += 20000 * exp(0.6 * normal(f->seed, lead->key & ~1, PRICE));
            today->cycle_days += day - lead->created;
            *trust = fmin(1, *trust + 0.01);
        }
    }
}

/* Whether the lead at place i of a desk goes before the one at place j. */
static inline int before(Firm *f, Rep *rep, int i, int j) {
    if (f->priority[i] != f->priority[j]) return f->priority[i] > f->priority[j];
    return f->leads[rep->lead[i]].key < f->leads[rep->lead[j]].key;
}

static void sell(Firm *f, int r, int day, Day *today) {
    Rep *rep = &f->reps[r];
    int32_t chosen[f->rep_touches + 1];
    int n = 0, kept = 0;
    if (rep->n > f->most) f->priority = realloc(f->priority, (f->most = 2 * rep->n) * sizeof(double));
    for (int i = 0; i < rep->n; i++) { /* insertion into the best so far */
        Lead *lead = &f->leads[rep->lead[i]];
        f->priority[i] = rep->trust[lead->marketer] * lead->score;
        if (n == f->rep_touches && !before(f, rep, i, chosen[n - 1])) continue;
        int at = n < f->rep_touches ? n++ : n - 1;
        for (; at > 0 && before(f, rep, i, chosen[at - 1]); at--) chosen[at] = chosen[at - 1];
        chosen[at] = i;
    }
    today->sales_touches += n;
    for (int i = 0; i < n; i++) {
        int32_t id = rep->lead[chosen[i]];
        if (f->leads[id].stage == QUALIFIED) judge(f, rep, id, today);
        else pursue(f, rep, &f->leads[id], day, today);
    }
    for (int i = 0; i < rep->n; i++) {
        int stage = f->leads[rep->lead[i]].stage;
        if (stage >= QUALIFIED && stage <= LAST_STAGE) rep->lead[kept++] = rep->lead[i];
    }
    rep->n = f->load[r] = kept;
}

static void found(Firm *f) {
    int touches = f->marketer_touches;
    f->room = 1024, f->most = 64;
    f->leads = malloc(f->room * sizeof(Lead));
    f->priority = malloc(f->most * sizeof(double));
    f->marketers = malloc(f->n_marketers * sizeof(Marketer));
    f->reps = malloc(f->n_reps * sizeof(Rep));
    f->load = calloc(f->n_reps, sizeof(int32_t));
    for (int m = 0; m < f->n_marketers; m++)
        f->marketers[m] = (Marketer){ -1, -1, 0, malloc(touches * sizeof(int32_t)), malloc(touches * sizeof(int64_t)),
                                      malloc(touches * sizeof(double)), malloc(touches * sizeof(double)) };
    for (int r = 0; r < f->n_reps; r++) {
        f->reps[r] = (Rep){ 0, 16, malloc(16 * sizeof(int32_t)), malloc(f->n_marketers * sizeof(double)) };
        for (int m = 0; m < f->n_marketers; m++) f->reps[r].trust[m] = 0.4;
    }
}

static void dissolve(Firm *f) {
    for (int m = 0; m < f->n_marketers; m++) {
        Marketer *each = &f->marketers[m];
        free(each->lead), free(each->key), free(each->score), free(each->quality);
    }
    for (int r = 0; r < f->n_reps; r++) free(f->reps[r].lead), free(f->reps[r].trust);
    free(f->leads), free(f->priority), free(f->marketers), free(f->reps), free(f->load);
}

void run(int64_t seed, const int *sizes, double arrivals, Day *days) {
    Firm firm = { .seed = seed, .n_marketers = sizes[0], .n_reps = sizes[1], .n_days = sizes[2],
                  .marketer_touches = sizes[3], .rep_touches = sizes[4], .arrivals = arrivals }, *f = &firm;
    found(f);
    for (int day = 0; day < f->n_days; day++) {
        Day *today = &days[day];
        for (int m = 0; m < f->n_marketers; m++) market(f, m, day, today);
        for (int r = 0; r < f->n_reps; r++)
            if (f->reps[r].n > 0) sell(f, r, day, today);
        for (int r = 0; r < f->n_reps; r++)
            for (int m = 0; m < f->n_marketers; m++) f->reps[r].trust[m] += 0.01 * (0.4 - f->reps[r].trust[m]);
        memcpy(today->leads, f->count, sizeof f->count);
    }
    dissolve(f);
}
