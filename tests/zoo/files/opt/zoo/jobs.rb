# The jobs of sidekiq.
require "sidekiq"

class Work
  include Sidekiq::Worker

  def perform(seconds)
    sleep seconds
  end
end
