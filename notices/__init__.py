"""What staff is told, and where: mail, a webhook, the robots of WeCom, DingTalk and Feishu."""
