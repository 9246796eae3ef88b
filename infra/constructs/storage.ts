import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CorsRule,
  HttpMethods,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { readingDays, readingsFolder } from '#shared/config/inventory.ts';
import {
  answerDays,
  answersFolder,
  blobDays,
  sealedSecretDays,
  sealedSecretsFolder,
} from '#shared/config/retention.ts';
import { bucketFolders } from '#shared/persistence/bucket.ts';
import { table } from '#shared/persistence/table.ts';
import { type Config, consoleClientOf, keepsData } from '../config.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * The API leads the page of the web console to what is too long to answer, and gives it forms for files that runs are given. Any page may read with
 * a signed address and send with a signed form, which are for minutes; no cookie or other credential counts.
 */
const openToPages: CorsRule = {
  allowedMethods: [HttpMethods.GET, HttpMethods.POST],
  allowedOrigins: ['*'],
  allowedHeaders: ['*'],
  maxAge: 3600,
};

/** The table of everything that is remembered, and the bucket of the blobs. */
export class Storage extends Construct {
  readonly table: Table;
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id);
    const keeps = keepsData(config);
    const removalPolicy = keeps ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.table = new Table(this, 'Table', {
      partitionKey: text(table.partitionKey),
      sortKey: text(table.sortKey),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: table.ttlAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // With a key of DynamoDB's own: encrypted like with any other, and no charge per call.
      encryption: TableEncryption.DEFAULT,
      deletionProtection: keeps,
      removalPolicy,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: table.runsIndex.name,
      partitionKey: text(table.runsIndex.partitionKey),
      sortKey: text(table.runsIndex.sortKey),
      projectionType: ProjectionType[table.runsIndex.projection],
    });
    this.bucket = new Bucket(this, 'Blobs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      ...(consoleClientOf(config) === undefined ? {} : { cors: [openToPages] }),
      lifecycleRules: [
        // Left behind only by a crash; nobody has the address of one after a quarter of an hour.
        { prefix: `${bucketFolders.runs}${sealedSecretsFolder}`, expiration: Duration.days(sealedSecretDays) },
        { prefix: `${bucketFolders.runs}${readingsFolder}`, expiration: Duration.days(readingDays) },
        { prefix: `${bucketFolders.runs}${answersFolder}`, expiration: Duration.days(answerDays) },
        {
          prefix: bucketFolders.runs,
          expiration: Duration.days(blobDays({ runDays: config.retentionDays })),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy,
    });
  }
}
