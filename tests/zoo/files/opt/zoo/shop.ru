# The application of puma and unicorn.
run(lambda do |_request|
  sleep 0.01
  [200, { "content-type" => "text/plain" }, ["hello\n"]]
end)
