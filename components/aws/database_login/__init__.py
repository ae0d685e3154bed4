"""What runs as a Lambda function next to a PostgreSQL server on AWS: what no API of RDS can do there."""
