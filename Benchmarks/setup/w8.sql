SET password_encryption = 'scram-sha-256';

CREATE ROLE scram LOGIN PASSWORD 'bench';
