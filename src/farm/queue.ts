import {
  AckPolicy,
  connect,
  type Consumer,
  type ConsumerInfo,
  DeliverPolicy,
  jetstream,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type JsMsg,
  type NatsConnection,
  type NodeConnectionOptions,
  Objm,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
} from "./nats.ts";
import { messageOf } from "../core/error_message.ts";
import { VaeransError } from "../core/errors.ts";
import type { Job } from "../batch/job.ts";
import { outliveLateSocketErrors } from "./late_socket_errors.ts";

/** A job that ended in the dead letters. */
export interface DeadLetter {
  /** The job, as it was submitted. */
  readonly job: unknown;
  /** Why. */
  readonly reason: string;
  /** How often it was tried. */
  readonly deliveries: number;
}

/** What a worker tells of itself every few seconds. */
export interface WorkerReport {
  /** Unique. */
  readonly id: string;
  /** Jobs at a time. */
  readonly lanes: number;
  /** Jobs done since it began, those that needed no doing included. */
  readonly done: number;
  /** Jobs that it sent to the dead letters. */
  readonly failed: number;
  /** Bytes read. */
  readonly bytesIn: number;
  /** Bytes written. */
  readonly bytesOut: number;
  /** Jobs a second, of late. */
  readonly rate: number;
  /** When this was true, in milliseconds since 1970. */
  readonly at: number;
  /** Whether it works on. */
  readonly running: boolean;
}

/** What there is to know of a queue. */
export interface FarmStatus {
  /** Jobs that nobody works on yet. */
  readonly waiting: number;
  /** Jobs handed out and not acknowledged. */
  readonly running: number;
  /** Jobs acknowledged. */
  readonly done: number;
  /** Jobs in the dead letters. */
  readonly failed: number;
  /** Jobs a second of all workers. */
  readonly rate: number;
  /** Seconds until all is done at this rate; `null` when there is none. */
  readonly etaSeconds: number | null;
  /** Bytes read less bytes written. */
  readonly bytesSaved: number;
  /** Workers seen, newest reports. */
  readonly workers: readonly WorkerReport[];
}

/** How a queue is set up when it is first used. */
export interface QueueOptions {
  /** Tells queues of one server apart: letters, digits, dashes. */
  readonly name: string;
  /** A job not acknowledged or extended for so long is handed to another worker. */
  readonly ackWaitSeconds: number;
  /** Copies of everything in a cluster of servers. */
  readonly replicas: number;
}

/** A submission of the same job within this time adds nothing. */
const DUPLICATE_WINDOW_HOURS = 24;
/** A worker not heard of for so long no longer counts into the rate. */
const WORKER_SILENT_MILLISECONDS = 20_000;
/** Making a consumer anew takes far less. */
const REVIVAL_MILLISECONDS = 5000;
/** Handing in what is sent takes far less. */
const CLOSE_MILLISECONDS = 5000;
const NANOSECONDS = 1e9;
const CONSUMER = "workers";
/** For an answer, from a server that is busy or is started again. */
const PATIENCE = { timeout: 15_000 };
const SUBMIT_TRIES = 5;
/** A connection that is cut without a word is noticed after two of these. */
const PING_MILLISECONDS = 10_000;

/**
 * The queue on NATS JetStream: a work-queue stream of jobs, a stream of dead letters, and one of the workers' last reports.
 */
export class FarmQueue {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #client: JetStreamClient;
  readonly #consumer: Consumer;
  readonly #options: QueueOptions;

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    consumer: Consumer,
    options: QueueOptions,
  ) {
    this.#connection = connection;
    this.#manager = manager;
    this.#client = jetstream(connection, PATIENCE);
    this.#consumer = consumer;
    this.#options = options;
  }

  /**
   * Connects, and sets the streams up where they are not there yet.
   *
   * @param connection Server and credentials.
   * @param options The queue.
   * @returns The queue.
   * @throws VaeransError "queue-unreachable" if no server answers there.
   */
  static async open(connection: NodeConnectionOptions, options: QueueOptions): Promise<FarmQueue> {
    outliveLateSocketErrors();
    const nats = await connect({
      maxReconnectAttempts: -1,
      pingInterval: PING_MILLISECONDS,
      ...connection,
    }).catch((cause) => {
      throw new VaeransError(
        "queue-unreachable",
        `Cannot reach the queue: a NATS server must answer at ${connection.servers} (got: ${
          messageOf(cause)
        }). ` +
          "Start nats-server with -js, or give its address with -s.",
        { cause },
      );
    });
    try {
      const manager = await jetstreamManager(nats, PATIENCE);
      const { name, replicas, ackWaitSeconds } = options;
      const common = { storage: StorageType.File, num_replicas: replicas };
      const ensure = async (config: Parameters<typeof manager.streams.add>[0]) => {
        await manager.streams.info(config.name).catch(() => manager.streams.add({ ...common, ...config }));
      };
      await ensure({
        name: `${name}-jobs`,
        subjects: [`${name}.jobs`],
        retention: RetentionPolicy.Workqueue,
        duplicate_window: DUPLICATE_WINDOW_HOURS * 3600 * NANOSECONDS,
      });
      await ensure({ name: `${name}-dead`, subjects: [`${name}.dead`], retention: RetentionPolicy.Limits });
      await ensure({
        name: `${name}-workers`,
        subjects: [`${name}.workers.*`],
        retention: RetentionPolicy.Limits,
        max_msgs_per_subject: 1,
      });
      await manager.consumers.info(`${name}-jobs`, CONSUMER).catch(() =>
        addConsumer(manager, name, ackWaitSeconds * NANOSECONDS)
      );
      const consumer = await jetstream(nats, PATIENCE).consumers.get(`${name}-jobs`, CONSUMER);
      return new FarmQueue(nats, manager, consumer, options);
    } catch (error) {
      await nats.close();
      throw error;
    }
  }

  /**
   * Adds a job.
   *
   * @param job The job.
   * @param id What identifies it.
   * @returns Whether it was new.
   */
  async submit(job: Job, id: string): Promise<boolean> {
    for (let tries = 1;; tries++) {
      try {
        const subject = `${this.#options.name}.jobs`;
        const { duplicate } = await this.#client.publish(subject, JSON.stringify(job), { msgID: id });
        // After a try whose answer was lost, a duplicate may well be our own.
        return !duplicate || tries > 1;
      } catch (error) {
        if (tries === SUBMIT_TRIES) throw error;
      }
    }
  }

  /**
   * Waits for a job.
   *
   * @param milliseconds How long, at least 1000.
   * @returns The message, or `null` when none came.
   */
  async next(milliseconds: number): Promise<JsMsg | null> {
    return await this.#consumer.next({ expires: milliseconds });
  }

  /** How often jobs were handed out, since the queue was made. */
  async deliveries(): Promise<number> {
    return (await this.#consumerInfo()).delivered.consumer_seq;
  }

  /** How long a job may go without a sign of life. */
  async ackWaitMilliseconds(): Promise<number> {
    const { config } = await this.#consumer.info(true);
    return (config.ack_wait ?? 30 * NANOSECONDS) / 1e6;
  }

  /**
   * Hands out again what nobody would get: a server that was killed may come back with jobs that it holds for
   * acknowledged but still has. Does nothing while jobs wait or run.
   *
   * @returns Whether there were such jobs.
   */
  async revive(): Promise<boolean> {
    const stream = `${this.#options.name}-jobs`;
    const [{ state }, { num_pending, num_ack_pending, config }] = await Promise.all([
      this.#manager.streams.info(stream),
      this.#manager.consumers.info(stream, CONSUMER),
    ]);
    if (state.messages === 0 || num_pending > 0 || num_ack_pending > 0) return false;
    await this.#manager.consumers.delete(stream, CONSUMER);
    await addConsumer(this.#manager, this.#options.name, config.ack_wait!);
    return true;
  }

  /** Moves a job to the dead letters. */
  async bury(message: JsMsg, letter: DeadLetter): Promise<void> {
    const { name } = this.#options;
    // One letter a message, however often this is tried.
    await this.#client.publish(`${name}.dead`, JSON.stringify(letter), { msgID: `dead-${message.seq}` });
    message.term();
    await this.#connection.flush();
  }

  /** All dead letters, oldest first, with their place in the stream. */
  async *deadLetters(): AsyncGenerator<{ sequence: number; letter: DeadLetter }> {
    const stream = `${this.#options.name}-dead`;
    const { state } = await this.#manager.streams.info(stream);
    if (state.messages === 0) return;
    for (let sequence = state.first_seq; sequence <= state.last_seq; sequence++) {
      const message = await this.#manager.streams.getMessage(stream, { seq: sequence }).catch(() => null);
      if (message) yield { sequence, letter: message.json() };
    }
  }

  /** Sends the dead letters' jobs again; gives how many. */
  async retry(): Promise<number> {
    let count = 0;
    for await (const { sequence, letter } of this.deadLetters()) {
      await this.submit(letter.job as Job, `retry-${sequence}`);
      await this.#manager.streams.deleteMessage(`${this.#options.name}-dead`, sequence);
      count++;
    }
    return count;
  }

  /** Publishes what a worker tells of itself. */
  async report(report: WorkerReport): Promise<void> {
    await this.#client.publish(`${this.#options.name}.workers.${report.id}`, JSON.stringify(report));
  }

  /** Of the consumer, which is gone for a moment while a worker makes it anew in {@linkcode revive}. */
  async #consumerInfo(): Promise<ConsumerInfo> {
    const end = Date.now() + REVIVAL_MILLISECONDS;
    for (;;) {
      try {
        return await this.#manager.consumers.info(`${this.#options.name}-jobs`, CONSUMER);
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Counts everything. */
  async status(): Promise<FarmStatus> {
    const { name } = this.#options;
    const [jobs, dead, consumer, workers] = await Promise.all([
      this.#manager.streams.info(`${name}-jobs`),
      this.#manager.streams.info(`${name}-dead`),
      this.#consumerInfo(),
      this.#workers(),
    ]);
    const running = consumer.num_ack_pending;
    const left = jobs.state.messages;
    const alive = workers.filter(({ at, running }) =>
      running && Date.now() - at < WORKER_SILENT_MILLISECONDS
    );
    const rate = alive.reduce((sum, worker) => sum + worker.rate, 0);
    return {
      waiting: Math.max(0, left - running),
      running,
      done: jobs.state.last_seq - left - dead.state.last_seq,
      failed: dead.state.messages,
      rate,
      etaSeconds: left === 0 ? 0 : rate > 0 ? left / rate : null,
      bytesSaved: workers.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn - bytesOut, 0),
      workers,
    };
  }

  /** Whether no job waits or runs. */
  async isEmpty(): Promise<boolean> {
    const { state } = await this.#manager.streams.info(`${this.#options.name}-jobs`);
    return state.messages === 0;
  }

  /** An object store of the server, opened or made. */
  async bucket(name: string): Promise<Awaited<ReturnType<Objm["create"]>>> {
    const manager = new Objm(this.#connection);
    return await manager.open(name).catch(() => manager.create(name, { replicas: this.#options.replicas }));
  }

  /** Hands in what is sent and leaves; a server that is not there is not waited for. */
  async close(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise((resolve) => timer = setTimeout(resolve, CLOSE_MILLISECONDS));
    // A server that asks for other credentials than before ends the connection by itself.
    await Promise.race([this.#connection.drain().catch(() => {}), patience]);
    clearTimeout(timer);
    await this.#connection.close();
  }

  async #workers(): Promise<WorkerReport[]> {
    const stream = `${this.#options.name}-workers`;
    const { state } = await this.#manager.streams.info(stream, { subjects_filter: ">" });
    const reports = Object.keys(state.subjects ?? {}).map(async (subject) => {
      const message = await this.#manager.streams.getMessage(stream, { last_by_subj: subject }).catch(() =>
        null
      );
      return message?.json<WorkerReport>();
    });
    return (await Promise.all(reports)).filter((report) => report !== undefined);
  }
}

/** The one consumer of the jobs, which all workers share. */
async function addConsumer(
  manager: JetStreamManager,
  name: string,
  ackWaitNanoseconds: number,
): Promise<void> {
  await manager.consumers.add(`${name}-jobs`, {
    durable_name: CONSUMER,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: ackWaitNanoseconds,
    max_ack_pending: 100_000,
  });
}
